-- +goose Up
create table household (
  id text primary key,
  address text not null,
  address_extra text not null,
  postcode text not null,
  town text not null,
  billing_mode bigint not null,
  mandate_reference text not null,
  checked_for_season text not null,
  created_at timestamptz not null,
  version bigint not null
);

create table household_payment_mean (
  household_id text not null references household (id),
  mean text not null references payment_mean (code),
  primary key (household_id, mean)
);

-- A responsible of a household. The first (position 0) signs for it.
create table guardian (
  id text primary key,
  household_id text not null references household (id),
  civility text not null,
  last_name text not null,
  first_name text not null,
  email text not null,
  email_folded text not null,
  pending_email text not null,
  pending_token_hash text not null,
  pending_until timestamptz,
  mobile text not null,
  phone text not null,
  position bigint not null,
  search text not null
);
create index guardian_household on guardian (household_id, position);
create index guardian_email on guardian (email_folded);
create index guardian_pending on guardian (pending_token_hash) where pending_token_hash <> '';

-- guardian_id is set when pupil and responsible are the same adult, typed once.
create table pupil (
  id text primary key,
  last_name text not null,
  first_name text not null,
  birth_date text not null,
  level_now text not null,
  guardian_id text references guardian (id),
  created_at timestamptz not null,
  version bigint not null,
  search text not null
);
create index pupil_guardian on pupil (guardian_id);

create table pupil_household (
  pupil_id text not null references pupil (id),
  household_id text not null references household (id),
  primary key (pupil_id, household_id)
);
create index pupil_household_household on pupil_household (household_id);

-- What is asked anew each season.
create table pupil_season (
  pupil_id text not null references pupil (id),
  season_id text not null references season (id),
  level text not null,
  image_right text not null check (image_right in ('', 'yes', 'no')),
  image_answered_by text not null,
  image_answered_at timestamptz,
  beginner text not null check (beginner in ('', 'yes', 'no')),
  teacher_note text not null,
  primary key (pupil_id, season_id)
);

-- The courses a pupil has this year, by code: what « comme cette année » proposes.
create table pupil_course_now (
  pupil_id text not null references pupil (id),
  course_code text not null,
  primary key (pupil_id, course_code)
);

-- What an import last wrote, so that the next one knows a field changed on screen since.
create table imported (
  kind text not null,
  key text not null,
  entity_id text not null,
  fields text not null,
  primary key (kind, key)
);
