-- +goose Up
-- The office has said that these two are not one household, known twice: they are no longer proposed to be merged.
create table household_apart (
  first_id text not null references household (id) on delete cascade,
  second_id text not null references household (id) on delete cascade,
  said_at timestamptz not null,
  said_by text not null,
  primary key (first_id, second_id),
  check (first_id < second_id)
);
create index household_apart_second on household_apart (second_id);

-- When the letter of a message was printed for a family that has no e-mail address.
alter table message_recipient add column printed_at timestamptz;
create index message_recipient_to_print on message_recipient (message_id, position) where address = '' and prepared_at is not null;
