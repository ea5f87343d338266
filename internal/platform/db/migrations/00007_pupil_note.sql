-- +goose Up
-- What a household signals to the teachers: no other household of the pupil reads it.
create table pupil_note (
  pupil_id text not null references pupil (id),
  season_id text not null references season (id),
  household_id text not null references household (id),
  note text not null,
  primary key (pupil_id, season_id, household_id)
);

insert into pupil_note (pupil_id, season_id, household_id, note)
select ps.pupil_id, ps.season_id, min(ph.household_id), ps.teacher_note
from pupil_season ps
join pupil_household ph on ph.pupil_id = ps.pupil_id
where ps.teacher_note <> ''
group by ps.pupil_id, ps.season_id, ps.teacher_note;

alter table pupil_season drop column teacher_note;

-- The household that answered for the image right; '' when that is not known.
alter table pupil_season add column image_household_id text not null default '';
