import { Stack } from "@mantine/core";
import { Changes } from "../parts/changes.tsx";
import { Facts } from "../parts/facts.tsx";
import { Saying } from "../parts/problem.tsx";
import { When } from "../parts/when.tsx";
import type { RunEvent, Step } from "./segments.ts";
import { stateWords } from "./words.ts";

/** What a task noted, in a line; undefined where it noted nothing. */
function noted(note: unknown): string | undefined {
  if (typeof note !== "object" || note === null) return undefined;
  const parts = Object.entries(note).map(([name, value]) =>
    `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`.slice(0, 300),
  );
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** What a step is, what it needed, what it changed, and what went wrong. */
export function StepDetails({ step, events }: { step: Step; events: readonly RunEvent[] }) {
  const tries = events.filter(({ type }) => type === "step-retrying").length;
  const looks = events.filter(({ type }) => type === "step-waiting").length;
  const changes = events.flatMap((event) => (event.type === "step-applying" ? event.changes : []));
  const { fault, undoFault } = step;
  return (
    <Stack gap="sm">
      {fault && <Saying live={false} what={fault.what} next={fault.next} detail={fault.call} />}
      {undoFault && step.undo === "owed" && (
        <Saying
          live={false}
          what={`It could not be undone: ${undoFault.what}`}
          next={undoFault.next}
          detail={undoFault.call}
        />
      )}
      <Facts
        facts={[
          ["What", `${step.kind} ${step.name}`],
          ["State", stateWords(step)],
          ["Did", step.did],
          ["Needs", step.needs.length > 0 ? step.needs.join(", ") : "nothing before it"],
          ["Started", step.startedAt && <When at={step.startedAt} />],
          ["Ended", step.endedAt && <When at={step.endedAt} />],
          ["Looked again", looks > 0 ? `${looks} times` : undefined],
          ["Tried again", tries > 0 ? `${tries} times` : undefined],
          ["Noted", noted(step.note)],
          ["Changed", changes.length > 0 ? <Changes changes={changes} /> : undefined],
        ]}
      />
    </Stack>
  );
}
