-- +goose Up
-- A pré-inscription attached to a known household is undone as a merge is; '' for a merge of two families.
alter table household_merge add column application_id text not null default '';
create index household_merge_application on household_merge (application_id) where application_id <> '';
