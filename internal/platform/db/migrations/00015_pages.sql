-- +goose Up
-- Moved on by every write of what the school has laid down (school.Changed): pages keep that in memory under it.
alter table school add column settings_version bigint not null default 1;

-- What was read by going through a whole table: the sessions to sweep, the periodic jobs long done, the last jump of a list.
create index session_created on session (created_at);
create index job_every on job (kind, done_at) where key like 'every:%';
create index request_jumped on request (jumped) where jumped > 0;
