-- +goose Up
-- A season is made ready while another one is the current one; from hands_over_at on families prepare it. Newcomers
-- may send later than those who re-register.
alter table season add column hands_over_at timestamptz;
alter table season add column newcomers_open_at timestamptz;

-- Who was not enrolled when the season began to be prepared is not asked to re-register (R10: pré-inscription).
alter table pupil_season add column not_invited boolean not null default false;

-- One preparation of a season, with what it wrote, so that it can be undone while none of that has changed.
create table roll_over (
  season_id text primary key references season (id),
  from_season_id text not null references season (id),
  prepared_at timestamptz not null,
  prepared_by text not null,
  only_enrolled boolean not null,
  copied text not null,
  handed_over_at timestamptz
);

-- What the hand-over moved of each pupil: this year's level and courses, as they were and as it made them.
create table roll_over_pupil (
  season_id text not null references roll_over (season_id),
  pupil_id text not null references pupil (id),
  level_before text not null,
  level_after text not null,
  courses_before text not null,
  courses_after text not null,
  invited boolean not null,
  primary key (season_id, pupil_id)
);

-- What a line about a setting is about (« school », « season:… »), to find who changed it last.
alter table journal add column subject text not null default '';
create index journal_subject on journal (subject, at) where subject <> '';
