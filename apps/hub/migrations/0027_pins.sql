-- What a redeploy that failed gave visitors again is no choice of a person's: it counts until there is a newer
-- deployment than the one that did not answer (docs/deployments.md).

alter table atoll.deployment_pins add until_newer_than text; -- null = an operator went back: it stays until one is promoted
