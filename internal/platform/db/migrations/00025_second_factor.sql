-- +goose Up
-- Whether the staff must have a second factor.
alter table school add column second_factor boolean not null default false;

-- pending: the password was right, the second factor is still to be given. ceremony: what a key was asked to sign.
alter table session add column pending boolean not null default false;
alter table session add column ceremony text not null default '';
alter table session add column ceremony_until timestamptz;

-- A second factor of a member of the staff: the secret of an application, or a key. Never exported.
create table factor (
  id text primary key,
  account_id text not null references account (id),
  kind text not null check (kind in ('application', 'key')),
  name text not null,
  secret text not null,
  last_step bigint not null,
  confirmed_at timestamptz,
  created_at timestamptz not null,
  used_at timestamptz
);
create index factor_account on factor (account_id, created_at);

create table recovery_code (
  code_hash text primary key,
  account_id text not null references account (id),
  used_at timestamptz
);
create index recovery_code_account on recovery_code (account_id);

-- A browser that need not give the second factor again for thirty days.
create table trusted_device (
  token_hash text primary key,
  account_id text not null references account (id),
  created_at timestamptz not null
);
create index trusted_device_account on trusted_device (account_id);
create index trusted_device_created on trusted_device (created_at);
