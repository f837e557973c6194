-- Since when an instance of an update waits for the same thing: no wait for a machine is endless (docs/deployments.md).

alter table atoll.template_targets add waiting_since timestamptz;
