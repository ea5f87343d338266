-- +goose Up
-- What is invoiced and paid (domain/billing). Money is whole cents, a day is text. Nothing here is deleted, and of
-- what is issued only the account that it is on may change (two households made one), and which credit note cancels it.

-- The last number given of each series. Its row is held until the transaction ends: no number is missing, none is given twice.
create table billing_number (
  series text not null check (series in ('invoice', 'credit', 'ledger')),
  year bigint not null, -- 0 of the ledger
  last_number bigint not null check (last_number >= 0),
  primary key (series, year)
);

create table invoice (
  id text primary key,
  series text not null check (series in ('invoice', 'credit')),
  year bigint not null,
  number bigint not null check (number > 0),
  season_id text not null references season (id),
  household_id text not null references household (id), -- whose account it is on
  payer_id text not null,                               -- who was invoiced, for ever
  cancels_id text references invoice (id),
  cancelled_by text not null,
  total bigint not null,
  issued_at timestamptz not null,
  issued_on text not null,
  issued_by text not null,
  reason text not null,
  content text not null,
  digest text not null,
  unique (series, year, number),
  unique (cancels_id),
  check ((series = 'invoice') = (cancels_id is null)),
  check (series = 'invoice' and total >= 0 or series = 'credit' and total <= 0 and cancelled_by = '')
);
create index invoice_household on invoice (household_id);
create index invoice_season on invoice (season_id, issued_at);
create unique index invoice_payer on invoice (season_id, payer_id) where series = 'invoice' and cancelled_by = '';

create table invoice_line (
  invoice_id text not null references invoice (id),
  position bigint not null,
  pupil_id text references pupil (id), -- null: the household's own
  label text not null,
  steps text not null,
  amount bigint not null,
  primary key (invoice_id, position)
);
create index invoice_line_pupil on invoice_line (pupil_id);

create table instalment (
  id text primary key,
  invoice_id text not null references invoice (id),
  position bigint not null,
  due_on text not null,
  amount bigint not null check (amount > 0),
  ended_at timestamptz,
  created_at timestamptz not null,
  unique (invoice_id, position)
);
create index instalment_due on instalment (due_on) where ended_at is null;

create table payment (
  id text primary key,
  number bigint not null unique check (number > 0),
  household_id text not null references household (id),
  kind text not null check (kind in ('received', 'refunded', 'bounced', 'corrected')),
  way text not null check (way in ('debit', 'cheque', 'voucher', 'cash', 'transfer', 'online')),
  amount bigint not null check (amount <> 0),
  paid_on text not null,
  counters_id text references payment (id),
  bank text not null,
  reference text not null,
  issuer text not null,
  reason text not null,
  recorded_at timestamptz not null,
  recorded_by text not null,
  unique (counters_id),
  check ((kind = 'received') = (amount > 0) or kind = 'corrected'),
  check ((counters_id is not null) = (kind in ('bounced', 'corrected')))
);
create index payment_household on payment (household_id);
create index payment_day on payment (paid_on);

create table allocation (
  id text primary key,
  payment_id text not null references payment (id),
  instalment_id text not null references instalment (id),
  amount bigint not null check (amount <> 0),
  allocated_at timestamptz not null
);
create index allocation_payment on allocation (payment_id);
create index allocation_instalment on allocation (instalment_id);

create table closing (
  period text primary key,
  until text not null unique,
  totals text not null,
  last_entry bigint not null,
  reason text not null,
  closed_at timestamptz not null,
  closed_by text not null
);

-- What the régie says of a pupil's season that no dossier does.
create table pupil_billing (
  season_id text not null references season (id),
  pupil_id text not null references pupil (id),
  arrives_on text not null, -- "" from the season's start
  leaves_on text not null,  -- "" to its end
  excused boolean not null,
  rented text not null,     -- names of the tariff's rentals, as JSON
  version bigint not null,
  changed_at timestamptz,
  changed_by text not null,
  primary key (season_id, pupil_id)
);
create index pupil_billing_pupil on pupil_billing (pupil_id);

-- Which households pay for a pupil, in hundredths of a percent that make a hundred percent. No row: the dossier's household.
create table cost_share (
  season_id text not null references season (id),
  pupil_id text not null references pupil (id),
  household_id text not null references household (id),
  percent bigint not null check (percent between 1 and 10000),
  primary key (season_id, pupil_id, household_id)
);
create index cost_share_household on cost_share (household_id);
create index cost_share_pupil on cost_share (pupil_id);

-- Many invoices issued one after the other by a job.
create table invoice_run (
  id text primary key,
  season_id text not null references season (id),
  said text not null,       -- which, in words
  households text not null, -- ids, as JSON, in the order of the numbers
  odd boolean not null,     -- issued as they are, whatever surprises
  wanted bigint not null,
  looked_at bigint not null,
  made bigint not null,
  passed_over text not null, -- household and why, as JSON
  asked_at timestamptz not null,
  asked_by text not null,
  suspended_at timestamptz,
  ended_at timestamptz
);
create index invoice_run_season on invoice_run (season_id);
