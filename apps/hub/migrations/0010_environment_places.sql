-- Where an environment's accounts are ("acme at https://api.supabase.com"): no two environments share one.
alter table atoll.environments add column places jsonb not null default '{}';

-- Chosen by whoever approves; null = nobody has chosen, or it was before there was a choice.
alter table atoll.requests add column environment text;
