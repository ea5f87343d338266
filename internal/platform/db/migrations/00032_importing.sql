-- +goose Up
-- A file of families or pupils on its way in: how its columns were matched, what was answered, and what became of it.
create table import_file (
  id text primary key,
  kind text not null,
  state text not null check (state in ('columns', 'trial', 'running', 'done', 'undone')),
  name text not null,
  form text not null,
  sheets text not null,
  sheet bigint not null,
  header bigint not null,
  header_line bigint not null,
  columns text not null,
  header_key text not null,
  matching text not null,
  answers text not null,
  counts text not null,
  problems bigint not null,
  blocking bigint not null,
  changes bigint not null,
  digest text not null,
  failure text not null,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  done_at timestamptz,
  done_by text not null,
  undone_at timestamptz,
  undone_by text not null,
  version bigint not null
);
create index import_file_recent on import_file (changed_at, id);
create index import_file_header on import_file (header_key, changed_at);

-- What belongs to it, cut in pages: its rows, its problems, what it changes, what it wrote.
create table import_page (
  import_id text not null references import_file (id),
  part text not null,
  page bigint not null,
  content text not null,
  primary key (import_id, part, page)
);
