-- +goose Up
-- What the office writes to a selection of families (R48): as it is composed, and how far its sending is.
create table message (
  id text primary key,
  season_id text not null references season (id),
  state text not null check (state in ('template', 'draft', 'planned', 'leaving', 'sent')),
  subject text not null,
  body text not null,
  selection text not null,
  by_mail boolean not null,
  in_portal boolean not null,
  counted bigint not null,
  leaves_at timestamptz,
  departed_at timestamptz,
  created_by text not null,
  created_at timestamptz not null,
  version bigint not null,
  changed_at timestamptz,
  changed_by text not null
);
create index message_state on message (state, created_at);

-- Whom it went to, each household once: the set is written as one at the departure, then each is written to.
create table message_recipient (
  message_id text not null references message (id),
  household_id text not null,
  position bigint not null,
  dossiers text not null,
  address text not null,
  subject text not null,
  body text not null,
  prepared_at timestamptz,
  read_at timestamptz,
  primary key (message_id, household_id)
);
create index message_recipient_position on message_recipient (message_id, position);
create index message_recipient_due on message_recipient (message_id, position) where prepared_at is null;
create index message_recipient_household on message_recipient (household_id, prepared_at);

-- The message that a mail carries, '' for the mails that the product writes.
alter table outgoing_mail add column message_id text not null default '';
create index outgoing_mail_message on outgoing_mail (message_id, household_id) where message_id <> '';

-- Whether the school writes nothing of its own accord on a Sunday.
alter table school add column quiet_sundays boolean not null default false;
