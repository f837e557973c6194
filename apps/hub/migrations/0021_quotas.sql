-- One governor per provider account: what is used of its limits, and who waits for them (docs/quotas.md).

create table atoll.quotas (
  account    text primary key,              -- ENVIRONMENT/PROVIDER
  state      jsonb not null,                -- as apps/hub/src/quotas/account.ts has it
  version    bigint not null,               -- a change goes through only over the version that was seen
  changed_at timestamptz not null default clock_timestamp()
);
