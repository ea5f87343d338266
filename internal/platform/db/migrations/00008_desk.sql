-- +goose Up
-- What the dossier waits for at the office, judged and kept true by the registrar: 'check', 'ready', or nothing.
alter table dossier add column desk text check (desk in ('check', 'ready'));

update dossier set desk = case
  when exists (select 1 from deposit x join paper p on p.season_id = dossier.season_id and p.code = x.paper_code
      where x.household_id = dossier.household_id and x.season_id = dossier.season_id and x.replaced_at is null and x.state = 'provided'
        and (p.condition = '' or p.condition = 'on_paper' and dossier.on_paper_form = true
          or p.condition = 'debit' and exists (select 1 from household_payment_mean m join payment_mean n on n.code = m.mean
            where m.household_id = dossier.household_id and n.is_debit = true))
        and (p.audience = 'household' and x.pupil_id is null or p.audience = 'pupil' and x.pupil_id = dossier.pupil_id)) then 'check'
  when state <> 'complete' then null
  when on_paper_form = false and choice <> '[]'
      and (select count(*) from request q where q.dossier_id = dossier.id and q.state = 'place') = length(choice) - length(replace(choice, '{', ''))
      and not exists (select 1 from request q where q.dossier_id = dossier.id and q.state in ('waiting', 'offered'))
      and not exists (select 1 from paper p where p.season_id = dossier.season_id and p.required = true and p.condition <> 'on_paper'
        and (p.condition <> 'debit' or exists (select 1 from household_payment_mean m join payment_mean n on n.code = m.mean
          where m.household_id = dossier.household_id and n.is_debit = true))
        and not exists (select 1 from deposit x where x.household_id = dossier.household_id and x.paper_code = p.code
          and x.replaced_at is null and x.state = 'validated' and (x.season_id = dossier.season_id or p.validity = 'standing')
          and (p.audience = 'household' and x.pupil_id is null or p.audience = 'pupil' and x.pupil_id = dossier.pupil_id))) then 'ready'
  else 'check' end
where state in ('complete', 'paper_refused', 'waiting', 'enrolled');

-- The office's lists and counts: by state, by desk, and those without a rank by time of sending.
drop index dossier_state;
create index dossier_state on dossier (season_id, state, rank, desk, site_id);
create index dossier_desk on dossier (season_id, desk, rank, site_id) where desk is not null;
create index dossier_unranked on dossier (season_id, sent_at, number, state, site_id) where rank is null and sent_at is not null and state not in ('draft', 'not_returning');
