-- +goose Up
-- A paper (pièce) that is asked: for whom, under which condition, valid how long.
create table paper (
  id text primary key,
  season_id text not null references season (id),
  code text not null,
  name text not null,
  audience text not null check (audience in ('household', 'pupil')),
  required boolean not null,
  condition text not null check (condition in ('', 'debit', 'on_paper')),
  validity text not null check (validity in ('season', 'standing')),
  help text not null,
  consequence text not null,
  template text not null check (template in ('', 'mandate', 'pedagogical')),
  position bigint not null,
  unique (season_id, code)
);

-- A deposit of a paper. What is replaced stays readable to the office.
create table deposit (
  id text primary key,
  paper_code text not null,
  season_id text not null references season (id),
  household_id text not null references household (id),
  pupil_id text references pupil (id),
  file_name text not null,
  blob_key text not null,
  media_type text not null,
  size bigint not null,
  pages bigint not null,
  sha256 text not null,
  state text not null check (state in ('provided', 'validated', 'refused', 'expired', 'worthless')),
  reason text not null,
  deposited_by text not null,
  deposited_at timestamptz not null,
  reviewed_by text not null,
  reviewed_at timestamptz,
  replaced_at timestamptz,
  version bigint not null
);
create index deposit_household on deposit (household_id, paper_code);
create index deposit_to_review on deposit (state, deposited_at) where replaced_at is null;
create unique index deposit_blob on deposit (blob_key);
