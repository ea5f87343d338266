-- +goose Up
-- The school itself: one row. Its policies are columns, so that each has a type and a check.
create table school (
  id text primary key check (id = 'school'),
  name text not null,
  short_name text not null,
  address text not null,
  phone text not null,
  email text not null,
  website text not null,
  pre_enrolment_url text not null,
  hue text not null,
  creditor_name text not null,
  creditor_ics text not null,
  recovery text not null check (recovery in ('password', 'link')),
  password_min bigint not null check (password_min between 8 and 64),
  password_max bigint not null check (password_max between password_min and 128),
  session_minutes bigint not null check (session_minutes between 5 and 10080),
  paper_days bigint not null check (paper_days between 1 and 60),
  offer_days bigint not null check (offer_days between 1 and 30),
  quiet_from bigint not null check (quiet_from between 0 and 24),
  quiet_until bigint not null check (quiet_until between 0 and 24),
  rank_shown boolean not null,
  accessibility text not null check (accessibility in ('non conforme', 'partiellement conforme', 'totalement conforme'))
);

-- next_rank, last_at and moves belong to the registrar: its lock between machines.
create table season (
  id text primary key,
  name text not null unique,
  starts_on text not null,
  ends_on text not null,
  ages_on text not null,
  campaign_opens_at timestamptz not null,
  campaign_closes_at timestamptz,
  lists_end_at timestamptz,
  partial_release_at timestamptz,
  courses_published_at timestamptz,
  closed_told_at timestamptz,
  lists_ended_at timestamptz,
  is_current boolean not null,
  next_rank bigint not null check (next_rank > 0),
  next_number bigint not null check (next_number > 0),
  last_at timestamptz,
  moves bigint not null
);

create table site (
  id text primary key,
  code text not null unique,
  name text not null,
  town text not null,
  address text not null,
  position bigint not null
);

-- A text that is accepted is never edited: a new version is a new row.
create table school_text (
  id text primary key,
  kind text not null,
  version text not null,
  body text not null,
  created_at timestamptz not null,
  unique (kind, version)
);

create table payment_mean (
  code text primary key,
  name text not null,
  is_debit boolean not null,
  position bigint not null
);

create table billing_mode (
  code bigint primary key check (code between 1 and 12),
  name text not null,
  position bigint not null
);

-- What the school publishes for download (« Documents à télécharger »).
create table published_document (
  id text primary key,
  code text not null unique,
  title text not null,
  file_name text not null,
  blob_key text not null,
  media_type text not null,
  size bigint not null,
  position bigint not null
);

create table journal (
  id text primary key,
  at timestamptz not null,
  actor_id text not null,
  actor_name text not null,
  actor_role text not null,
  event text not null,
  household_id text not null,
  pupil_id text not null,
  dossier_id text not null,
  course_id text not null,
  before text not null,
  after text not null,
  reason text not null
);
create index journal_household on journal (household_id, at);
create index journal_dossier on journal (dossier_id, at);
create index journal_course on journal (course_id, at);
create index journal_at on journal (at);

-- Background work, enqueued in the transaction of what it follows from.
create table job (
  id text primary key,
  kind text not null,
  key text not null unique,
  args text not null,
  secret text not null,
  run_at timestamptz not null,
  attempts bigint not null,
  leased_until timestamptz,
  last_error text not null,
  created_at timestamptz not null,
  done_at timestamptz,
  dead_at timestamptz
);
create index job_due on job (run_at) where done_at is null and dead_at is null;
create index job_dead on job (dead_at) where dead_at is not null;

-- What was written to whom; a body with a password or a link is not here but in its job until it leaves.
create table outgoing_mail (
  id text primary key,
  event_key text not null,
  recipient text not null,
  kind text not null,
  household_id text not null,
  dossier_id text not null,
  subject text not null,
  is_secret boolean not null,
  queued_at timestamptz not null,
  leaves_at timestamptz not null,
  sent_at timestamptz,
  failed_at timestamptz,
  last_error text not null,
  unique (event_key, recipient)
);
create index outgoing_mail_household on outgoing_mail (household_id, queued_at);
create index outgoing_mail_failed on outgoing_mail (failed_at) where failed_at is not null;
