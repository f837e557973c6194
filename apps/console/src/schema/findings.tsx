import type { Rehearsal, SchemaFindings } from "@atoll/contract/schemas/fleet";
import { Text } from "@mantine/core";
import { Saying } from "../parts/problem.tsx";
import { lasting } from "../parts/time.ts";
import classes from "./schema.module.css";

/** What the rules say of the migrations: each with its place and what to write instead. */
export function Findings({ findings }: { findings: SchemaFindings["findings"] }) {
  if (findings.length === 0)
    return <Text size="sm">The rules have nothing to say about what is pending.</Text>;
  return (
    <ul className={classes.list} aria-label="Findings">
      {findings.map(({ rule, migration, line, severity, what, next }) => (
        <li key={`${rule} ${migration} ${line}`}>
          <Text span size="sm" fw={600} c={severity === "error" ? "var(--bad)" : "var(--wait)"}>
            {severity}
          </Text>{" "}
          <code>
            {migration}:{line}
          </code>{" "}
          {what} <span className={classes.minor}>{next}</span>
        </li>
      ))}
    </ul>
  );
}

/** What running the migrations on a scratch database brought. */
export function Rehearsed({ rehearsal }: { rehearsal: Rehearsal }) {
  const { ok, steps, problem, like } = rehearsal;
  const ms = steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
  if (ok)
    return (
      <Text size="sm">
        Rehearsed: {steps.length} migrations ran in {lasting(ms)} on a scratch database
        {like !== undefined && ` like ${like}`}.
      </Text>
    );
  const failed = steps.find((each) => !each.ok);
  return (
    <Saying
      live={false}
      what={problem?.what ?? failed?.what ?? "The rehearsal failed."}
      next={problem?.next ?? "Mend the migration; nothing was changed anywhere."}
    />
  );
}
