import type { InstanceSummary } from "@atoll/contract/schemas/instance";
import { IconAlertTriangle, IconCheck, IconQuestionMark } from "@tabler/icons-react";
import { exact } from "../parts/time.ts";
import classes from "./health-mark.module.css";

/** How an instance was when somebody last looked: a sign and a word, never a colour alone. */
export function HealthMark({ health }: { health: InstanceSummary["health"] }) {
  if (health === undefined)
    return (
      <span className={classes.mark} data-is="unknown">
        <IconQuestionMark size={14} aria-hidden /> unknown
      </span>
    );
  const Icon = health.healthy ? IconCheck : IconAlertTriangle;
  const word = health.healthy
    ? "healthy"
    : health.problems === 1
      ? "1 problem"
      : `${health.problems} problems`;
  return (
    <span
      className={classes.mark}
      data-is={health.healthy ? "good" : "bad"}
      title={`Looked at ${exact(health.checkedAt)}`}
    >
      <Icon size={14} aria-hidden /> {word}
    </span>
  );
}
