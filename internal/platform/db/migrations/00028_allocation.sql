-- +goose Up
-- A dry run of the places (« essai à blanc »): what the office would change, kept until it is published or thrown
-- away. published is what its publication did, so that it can be undone until the mails leave.
create table scenario (
  id text primary key,
  season_id text not null references season (id),
  name text not null,
  at_closing boolean not null,
  capacities text not null,
  offer_days bigint not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  version bigint not null,
  published_at timestamptz,
  published_by text not null,
  published text not null
);
create index scenario_season on scenario (season_id, updated_at);
