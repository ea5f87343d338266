-- +goose Up
-- A pré-inscription (R37): what somebody without an account has typed, and what became of it. Until its address is
-- confirmed it is only this row, deleted after a delay; confirmed, it has a household, a pupil and a dossier, which
-- the office accepts, attaches to a known household, or refuses.
create table application (
  id text primary key,
  season_id text not null references season (id),
  state text not null check (state in ('draft', 'sent', 'held', 'confirmed', 'accepted', 'attached', 'refused')),
  form text not null,
  email_folded text not null,
  draft_hash text not null,
  link_hash text not null,
  household_id text references household (id),
  pupil_id text references pupil (id),
  sent_at timestamptz,
  confirmed_at timestamptz,
  decided_at timestamptz,
  decided_by text not null,
  reason text not null,
  created_at timestamptz not null,
  touched_at timestamptz not null,
  version bigint not null
);
create index application_draft on application (draft_hash) where draft_hash <> '';
create index application_link on application (link_hash) where link_hash <> '';
create index application_email on application (email_folded) where email_folded <> '';
create index application_state on application (season_id, state, confirmed_at);
create index application_touched on application (touched_at) where confirmed_at is null;
create index application_household on application (household_id);

-- A household that the office has not accepted yet is a candidate: it is not among the families.
alter table household add column candidate boolean not null default false;
create index household_candidate on household (id) where candidate = true;

-- The season in which the pupil is new to the school, '' when it was there before.
alter table pupil add column new_in text not null default '';
create index pupil_born on pupil (birth_date);
