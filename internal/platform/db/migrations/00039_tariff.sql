-- +goose Up
-- What a season charges: read, checked, written and copied as a whole, so kept as one document (domain/tariff.Tariff).
-- It names the formules by their code, which is unique in a season and never changes.
create table tariff (
  season_id text primary key references season (id),
  content text not null,
  version bigint not null,
  changed_at timestamptz,
  changed_by text not null
);
