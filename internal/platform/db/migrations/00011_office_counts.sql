-- +goose Up
-- What the dashboard counts, each along an index of the few rows it counts.
create index dossier_withdrawal on dossier (season_id) where withdrawal_asked_at is not null;
create index dossier_on_paper on dossier (season_id, state) where on_paper_form = true;
create index account_never_in on account (role, disabled_at, letter_printed_at, letter_mailed_at) where password_hash = '';
drop index deposit_to_review;
create index deposit_to_review on deposit (season_id, state) where replaced_at is null;
