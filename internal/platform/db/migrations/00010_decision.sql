-- +goose Up
-- An answer of the office (a confirmation, a refused paper) that can be taken back until its mails leave: how things
-- stood before it. Swept a day later; the journal keeps what happened.
create table decision (
  id text primary key,
  batch text not null,
  subject_id text not null,
  version bigint not null,
  leaves_at timestamptz not null,
  before text not null,
  unique (subject_id, version)
);
create index decision_batch on decision (batch);
create index decision_leaves on decision (leaves_at);
