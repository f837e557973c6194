-- Answers that hold a secret are not kept any more, nor is the text of a mail that has gone out: both hold links and keys.
delete from atoll.idempotency;
update atoll.outbox set html = '', body_text = '' where sent_at is not null;
create index idempotency_by_time on atoll.idempotency (created_at);
