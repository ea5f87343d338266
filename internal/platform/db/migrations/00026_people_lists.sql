-- +goose Up
-- What a family has changed of what the office knew, until the office has seen it (« À vérifier »).
create table household_change (
  id text primary key,
  household_id text not null references household (id),
  pupil_id text not null,
  field text not null,
  before text not null,
  after text not null,
  at timestamptz not null,
  changed_by text not null,
  seen_at timestamptz,
  seen_by text not null,
  seen_batch text not null
);
create index household_change_open on household_change (at, id) where seen_at is null;
create index household_change_household on household_change (household_id, at);

-- The folded « nom prénom » in whose order the office reads families and pupils.
alter table guardian add column sort_name text not null default '';
alter table pupil add column sort_name text not null default '';
update guardian set sort_name = lower(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
  replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(last_name || ' ' || first_name,
  'é', 'e'), 'è', 'e'), 'ê', 'e'), 'ë', 'e'), 'É', 'e'), 'È', 'e'), 'Ê', 'e'), 'Ë', 'e'), 'à', 'a'), 'â', 'a'), 'ä', 'a'), 'À', 'a'), 'Â', 'a'),
  'î', 'i'), 'ï', 'i'), 'Î', 'i'), 'ô', 'o'), 'ö', 'o'), 'Ô', 'o'), 'ù', 'u'), 'û', 'u'), 'ü', 'u'), 'ç', 'c'), 'Ç', 'c'), 'œ', 'oe'), '’', ''''));
update pupil set sort_name = lower(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
  replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(last_name || ' ' || first_name,
  'é', 'e'), 'è', 'e'), 'ê', 'e'), 'ë', 'e'), 'É', 'e'), 'È', 'e'), 'Ê', 'e'), 'Ë', 'e'), 'à', 'a'), 'â', 'a'), 'ä', 'a'), 'À', 'a'), 'Â', 'a'),
  'î', 'i'), 'ï', 'i'), 'Î', 'i'), 'ô', 'o'), 'ö', 'o'), 'Ô', 'o'), 'ù', 'u'), 'û', 'u'), 'ü', 'u'), 'ç', 'c'), 'Ç', 'c'), 'œ', 'oe'), '’', ''''));
create index guardian_by_name on guardian (sort_name, id) where position = 0;
create index pupil_by_name on pupil (sort_name, id);
