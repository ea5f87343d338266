-- +goose Up
-- The one-time address printed at the start of a school without any account of the staff; all rows go with its use.
create table installation (
  token_hash text primary key,
  made_at timestamptz not null
);

-- A secretary may be limited to a pole; a teacher's account opens the teacher it belongs to.
alter table account add column site_id text references site (id);
alter table account add column teacher_id text references teacher (id) on delete set null;
create index account_staff on account (role, name) where role <> 'family';

-- What signed in, in words for its owner.
alter table session add column device text not null default '';
