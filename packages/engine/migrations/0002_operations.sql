-- Runs that do tasks of their own (pause, backup, ...), and a destroy that cools off before it begins.

alter table atoll.runs
  add column input      jsonb,            -- what an operation was asked for; never holds a secret
  add column came_from  text,             -- state of the instance when the run was asked for
  add column not_before timestamptz;      -- nothing is removed before

alter table atoll.run_steps
  add column needs jsonb,                 -- names of the steps that come first; null = those of the blueprint
  add column note  jsonb;                 -- what a task of an operation noted; never holds a secret
