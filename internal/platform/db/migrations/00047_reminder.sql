-- +goose Up
-- Reminders (relances) of what is late, each with what was owed that day (domain/billing).
create table reminder (
  id text primary key,
  household_id text not null references household (id), -- whose account it is on
  stage bigint not null check (stage between 1 and 3),
  way text not null check (way in ('mail', 'letter')),
  amount bigint not null check (amount > 0),
  oldest_on text not null, -- the first of the instalments that are late
  content text not null,   -- the instalments, as JSON
  made_on text not null,
  made_at timestamptz not null,
  made_by text not null
);
create index reminder_household on reminder (household_id, made_on);
create index reminder_day on reminder (made_on);
