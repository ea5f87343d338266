-- +goose Up
-- What the school has a mail say in its own words, by versions; one without subject nor body is the product's text again.
create table mail_text (
  id text primary key,
  kind text not null,
  version bigint not null,
  subject text not null,
  body text not null,
  created_at timestamptz not null,
  created_by text not null,
  unique (kind, version)
);

-- The dossier of the last mail of a kind, on which its words are shown.
create index outgoing_mail_kind on outgoing_mail (kind, queued_at) where household_id <> '';
