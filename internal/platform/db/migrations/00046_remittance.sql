-- +goose Up
-- What is handed over at once: cheques to the bank, vouchers to the issuer that reimburses them (domain/billing).

alter table payment add column deposit_on text not null default ''; -- of a cheque: not before that day
create index payment_way on payment (way, paid_on);

-- Slips are numbered by year too: which series there are is the room's to say.
alter table billing_number rename to billing_number_before;
create table billing_number (
  series text not null,
  year bigint not null, -- 0 of the ledger
  last_number bigint not null check (last_number >= 0),
  primary key (series, year)
);
insert into billing_number select series, year, last_number from billing_number_before;
drop table billing_number_before;

create table remittance (
  id text primary key,
  year bigint not null,
  number bigint not null check (number > 0),
  way text not null check (way in ('cheque', 'voucher')),
  issuer text not null,     -- of vouchers
  items bigint not null check (items > 0),
  total bigint not null check (total > 0),
  made_on text not null,
  made_at timestamptz not null,
  made_by text not null,
  settled_on text not null, -- the day the money was on the account; "" before
  settled bigint not null,  -- what came, less what the issuer keeps
  cancelled_at timestamptz,
  cancelled_by text not null,
  reason text not null,     -- of cancelling it
  unique (year, number)
);

create table remittance_payment (
  remittance_id text not null references remittance (id),
  payment_id text not null references payment (id),
  ended boolean not null, -- the slip was cancelled: it may be on another
  primary key (remittance_id, payment_id)
);
create unique index remittance_payment_once on remittance_payment (payment_id) where ended = false;
