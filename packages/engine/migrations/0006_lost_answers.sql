-- When a create whose answer nobody has was first looked for: until it can no longer appear counts from then, since the
-- call itself may have taken any time (a provider that queues it, an account's limit that it waited for, a dead worker).

alter table atoll.intents add column doubted_at timestamptz;
