-- +goose Up
-- A file of courses goes to a season that its sender chose; "" for families and pupils.
alter table import_file add column season_id text not null default '';
