-- +goose Up
-- Who invoices are owed to, and how they are paid: what every invoice prints.
alter table school add column creditor_siret text not null default '';
alter table school add column creditor_address text not null default ''; -- "" the school's
alter table school add column creditor_iban text not null default '';
alter table school add column creditor_bic text not null default '';
alter table school add column creditor_tax_note text not null default '';
alter table school add column creditor_appeal text not null default '';  -- ways and delay of appeal
alter table school add column cheque_order text not null default '';
