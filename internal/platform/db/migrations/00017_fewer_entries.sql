-- +goose Up
-- Each entry of an index costs « Valider » time: an index holds what is looked up along it, no more.

-- Lines of a course, and the office's answers of a day.
drop index journal_course;
create index journal_course on journal (course_id, at) where course_id <> '';
drop index journal_at;
create index journal_answered on journal (at) where event in ('dossier.enrolled', 'dossier.on_list', 'dossier.refused');

-- Whoever reads a dossier's requests reads the active ones, which request_active finds.
drop index request_dossier;
