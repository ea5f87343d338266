-- +goose Up
-- Whether the family must choose again (a course cancelled, a course of the formula that nothing waits for), judged and kept true by the registrar.
alter table dossier add column choose_again boolean not null default false;

update dossier set choose_again = true
where state in ('received', 'complete', 'paper_refused', 'waiting', 'enrolled') and on_paper_form = false
  and exists (select 1 from course c where c.season_id = dossier.season_id and c.cancelled_at is not null
    and dossier.choice like '%' || c.id || '%' and (dossier.state <> 'enrolled' or c.cancelled_at >= dossier.confirmed_at));

create index dossier_choose_again on dossier (season_id, rank, sent_at, number) where choose_again = true;
