-- +goose Up
-- Places are counted by course and semester (0: the whole year, which is both).
-- taken counts the places given and those held for an offer.
create table offering (
  id text primary key,
  course_id text not null references course (id),
  season_id text not null references season (id),
  semester bigint not null check (semester in (0, 1, 2)),
  capacity bigint not null,
  taken bigint not null,
  unique (course_id, semester),
  check (taken between 0 and capacity)
);
create index offering_season on offering (season_id);

create table dossier (
  id text primary key,
  number bigint not null,
  season_id text not null references season (id),
  pupil_id text not null references pupil (id),
  household_id text not null references household (id),
  state text not null check (state in ('draft', 'received', 'complete', 'paper_refused', 'waiting', 'enrolled', 'withdrawn', 'refused', 'lapsed', 'not_returning')),
  programme_id text references programme (id),
  site_id text references site (id),
  choice text not null,
  on_paper_form boolean not null,
  note text not null,
  administrative boolean not null,
  reason text not null,
  text_id text references school_text (id),
  agreed_by text not null,
  sent_at timestamptz,
  complete_at timestamptz,
  rank bigint,
  received_on_paper_at timestamptz,
  hold_until timestamptz,
  hold_total_until timestamptz,
  confirmed_at timestamptz,
  confirmed_by text not null,
  reopened_until timestamptz,
  withdrawal_asked_at timestamptz,
  reminded_at timestamptz,
  updated_at timestamptz not null,
  version bigint not null,
  unique (season_id, pupil_id),
  unique (season_id, number),
  unique (season_id, rank)
);
create index dossier_household on dossier (household_id, season_id);
create index dossier_state on dossier (season_id, state, rank);
create index dossier_hold on dossier (hold_until) where hold_until is not null;

-- A request (demande) for a place. Its order in a list is jumped first, then received_at, then seq; its
-- position is counted, never stored.
create table request (
  id text primary key,
  dossier_id text not null references dossier (id),
  offering_id text not null references offering (id),
  state text not null check (state in ('place', 'waiting', 'offered', 'declined', 'returned', 'ended')),
  received_at timestamptz not null,
  seq bigint not null,
  jumped bigint not null,
  offered_until timestamptz,
  offer_token_hash text not null,
  decided_at timestamptz,
  line bigint not null,
  created_at timestamptz not null
);
create index request_dossier on request (dossier_id);
create index request_offering on request (offering_id, state, jumped, received_at, seq);
create unique index request_active on request (dossier_id, offering_id) where state in ('place', 'waiting', 'offered');
create index request_offer on request (offered_until) where state = 'offered';
create index request_token on request (offer_token_hash) where offer_token_hash <> '';
