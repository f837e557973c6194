import { HubProblem } from "@atoll/contract/client";
import { Button, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./problem.module.css";

interface SayingProps {
  what: ReactNode;
  next?: ReactNode;
  /** The provider's call, or where to look in the log. */
  detail?: string | undefined;
  onAgain?: (() => void) | undefined;
  /** Read out at once: for what a press of a button brought. */
  live?: boolean;
}

/** What went wrong and what to do about it. */
export function Saying({ what, next, detail, onAgain, live = true }: SayingProps) {
  return (
    <div className={classes.problem} role={live ? "alert" : undefined}>
      <IconAlertTriangle size={17} aria-hidden className={classes.icon} />
      <div className={classes.words}>
        <Text fw={600}>{what}</Text>
        {next !== undefined && <Text>{next}</Text>}
        {detail !== undefined && <code className={classes.detail}>{detail}</code>}
        {onAgain !== undefined && (
          <Button variant="default" mt={6} w="fit-content" onClick={onAgain}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}

/** A refusal by the hub, or a hub that does not answer. Nothing where there is no error. */
export function Problem({ error, onAgain }: { error: unknown; onAgain?: () => void }) {
  if (error === null || error === undefined) return null;
  if (error instanceof HubProblem) {
    const { title, next, requestId, status } = error.problem;
    const detail = status >= 500 && requestId !== undefined ? `request ${requestId}` : undefined;
    return <Saying what={title} next={next} detail={detail} onAgain={onAgain} />;
  }
  return (
    <Saying
      what="The hub does not answer."
      next="Check that it runs and that you are on line; nothing was lost."
      onAgain={onAgain}
    />
  );
}
