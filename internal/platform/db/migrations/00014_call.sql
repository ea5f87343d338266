-- +goose Up
-- What a family without any address is to be told by telephone is a mail without recipient, said when sent_at is set.
alter table outgoing_mail add column answer_by timestamptz;

create index outgoing_mail_call on outgoing_mail (answer_by, queued_at) where recipient = '' and sent_at is null;
