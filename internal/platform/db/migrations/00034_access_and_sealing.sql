-- +goose Up
-- Tells whether a machine has the installation's key: a known text, sealed under it.
create table sealing (
  id text primary key,
  proof text not null
);

-- The journal of accesses: who came in, what of families was opened, what was taken away. Never exported.
create table access_line (
  id text primary key,
  at timestamptz not null,
  kind text not null check (kind in ('session', 'view', 'file')),
  event text not null,
  actor_id text not null,
  actor_name text not null,
  actor_role text not null,
  household_id text not null,
  pupil_id text not null,
  dossier_id text not null,
  subject text not null,
  said text not null,
  row_count bigint not null,
  address text not null,
  browser text not null,
  slot text not null
);
create index access_line_at on access_line (at);
create index access_line_actor on access_line (actor_id, id) where actor_id <> '';
create index access_line_household on access_line (household_id, id) where household_id <> '';
create unique index access_line_slot on access_line (slot) where slot <> '';

-- Sign-ins were lines of the journal, for ever.
insert into access_line (id, at, kind, event, actor_id, actor_name, actor_role, household_id, pupil_id, dossier_id, subject, said, row_count, address, browser, slot)
select id, at, 'session', 'signed_in', actor_id, actor_name, actor_role, household_id, '', '', '', '', 0, '', '', '' from journal where event = 'account.signed_in';
delete from journal where event = 'account.signed_in';

-- What a member of the staff has done. What families and jobs write, in a rush, is not in it.
create index journal_staff on journal (actor_id, id) where actor_role not in ('family', 'system');

-- How long its lines are kept.
alter table school add column access_months bigint not null default 12 check (access_months between 6 and 36);
