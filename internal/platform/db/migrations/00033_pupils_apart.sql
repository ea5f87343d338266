-- +goose Up
-- The office has said that this pupil is not the one of the same name and date of birth (R37).
alter table pupil add column apart boolean not null default false;
create index pupil_new_in on pupil (new_in) where new_in <> '';
