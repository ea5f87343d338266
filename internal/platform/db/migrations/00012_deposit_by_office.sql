-- +goose Up
-- The office handed the paper in for the family: it came over the counter.
alter table deposit add column deposited_by_office boolean not null default false;
