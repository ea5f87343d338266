-- +goose Up
create table account (
  id text primary key,
  login text not null,
  login_folded text not null unique,
  role text not null check (role in ('family', 'teacher', 'secretary', 'director', 'bursar', 'administrator')),
  household_id text references household (id),
  name text not null,
  email text not null,
  password_hash text not null,
  temporary_until timestamptz,
  link_hash text not null,
  link_until timestamptz,
  password_changed_at timestamptz,
  disabled_at timestamptz,
  created_at timestamptz not null,
  letter_printed_at timestamptz,
  letter_mailed_at timestamptz
);
create unique index account_household on account (household_id) where household_id is not null;
create index account_link on account (link_hash) where link_hash <> '';

create table session (
  token_hash text primary key,
  account_id text not null references account (id),
  limited boolean not null,
  created_at timestamptz not null,
  seen_at timestamptz not null
);
create index session_account on session (account_id);
create index session_seen on session (seen_at);

create table throttle (
  key text primary key,
  tries bigint not null,
  since timestamptz not null
);
create index throttle_since on throttle (since);
