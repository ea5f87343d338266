-- +goose Up
-- What is made and changed on screen carries the version that was read, and who changed it last ('': an import, or nobody).
alter table site add column version bigint not null default 1;
alter table site add column changed_at timestamptz;
alter table site add column changed_by text not null default '';
alter table discipline add column version bigint not null default 1;
alter table discipline add column changed_at timestamptz;
alter table discipline add column changed_by text not null default '';
alter table teacher add column version bigint not null default 1;
alter table teacher add column changed_at timestamptz;
alter table teacher add column changed_by text not null default '';
alter table programme add column version bigint not null default 1;
alter table programme add column changed_at timestamptz;
alter table programme add column changed_by text not null default '';
alter table course add column version bigint not null default 1;
alter table course add column changed_at timestamptz;
alter table course add column changed_by text not null default '';
