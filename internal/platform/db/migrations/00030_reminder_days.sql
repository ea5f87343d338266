-- +goose Up
-- How many days before the closing families are reminded by themselves of what their dossiers lack: « 10, 3 », '' never.
alter table school add column reminder_days text not null default '';
