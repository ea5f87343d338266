-- +goose Up
-- The quotient familial of a household, as a valid attestation proves it (domain/quotient). Nothing is edited: a later
-- one counts from its own day on, a wrong one is withdrawn.
create table quotient (
  id text primary key,
  household_id text not null references household (id),
  value bigint not null check (value >= 0), -- cents
  month text not null,                      -- 2027-05, that the attestation is of
  issuer text not null check (issuer in ('CAF', 'MSA', 'DGFiP')),
  source text not null check (source in ('paper', 'api')),
  valid_from text not null,
  valid_until text not null,
  entered_at timestamptz not null,
  entered_by text not null,
  withdrawn_at timestamptz,
  withdrawn_by text not null,
  reason text not null, -- of withdrawing it
  check (valid_from <= valid_until)
);
create index quotient_household on quotient (household_id);
