-- +goose Up
-- Two households made one: what of the school's rows it touched, as they were and as it made them, so that it is
-- undone while none of that has changed. The household that is gone has no row any more.
create table household_merge (
  id text primary key,
  kept_id text not null,
  lost_id text not null,
  kept_name text not null,
  lost_name text not null,
  login text not null,
  lost_login text not null,
  merged_at timestamptz not null,
  merged_by text not null,
  said text not null,
  before text not null,
  after text not null,
  lines text not null,
  mails text not null,
  undone_at timestamptz,
  undone_by text not null
);
create index household_merge_lost on household_merge (lost_id);
create index household_merge_kept on household_merge (kept_id);

-- What one household has in common with another.
create index household_address on household (postcode, address);
create index imported_entity on imported (entity_id);

-- What is of a pupil, in whichever household.
create index deposit_pupil on deposit (pupil_id) where pupil_id is not null;
create index application_pupil on application (pupil_id) where pupil_id is not null;
