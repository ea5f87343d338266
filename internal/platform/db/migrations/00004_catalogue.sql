-- +goose Up
create table discipline (
  id text primary key,
  name text not null unique
);

create table teacher (
  id text primary key,
  last_name text not null,
  first_name text not null,
  email text not null,
  disciplines text not null,
  search text not null
);

-- A programme (formule) is ages, levels and a list of lines: data, no expressions.
create table programme (
  id text primary key,
  season_id text not null references season (id),
  code text not null,
  title text not null,
  message text not null,
  age_min bigint not null,
  age_max bigint not null,
  levels text not null,
  position bigint not null,
  unique (season_id, code)
);

create table programme_line (
  programme_id text not null references programme (id),
  position bigint not null,
  label text not null,
  kinds text not null,
  min bigint not null check (min >= 0),
  max bigint not null check (max >= min),
  levels text not null,
  semester bigint not null check (semester in (0, 1, 2)),
  distinct_titles boolean not null,
  without_instrument boolean not null,
  primary key (programme_id, position)
);

-- weekday 1 to 7 (0: to be fixed); starts and ends are hh:mm or empty.
create table course (
  id text primary key,
  season_id text not null references season (id),
  code text not null,
  title text not null,
  kind text not null check (kind in ('eveil', 'parcours', 'instrument', 'pratique', 'culture')),
  discipline text not null,
  site_id text not null references site (id),
  weekday bigint not null check (weekday between 0 and 7),
  starts text not null,
  ends text not null,
  room text not null,
  teacher text not null,
  without_instrument boolean not null,
  no_beginner boolean not null,
  age_min bigint not null,
  age_max bigint not null,
  levels text not null,
  cancelled_at timestamptz,
  unique (season_id, code)
);
