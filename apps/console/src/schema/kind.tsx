import type { Rollout, SchemaOverview } from "@atoll/contract/schemas/fleet";
import { Group, Text } from "@mantine/core";
import { useState } from "react";
import { useEnvironments } from "../hub/environments.ts";
import { useRole } from "../hub/me.ts";
import { ActButton } from "../parts/act-button.tsx";
import { TextLink } from "../parts/links.tsx";
import { Section } from "../parts/page.tsx";
import { type Reason, reasonOfRole } from "../rules/reasons.ts";
import { barsOf } from "./bars.ts";
import classes from "./schema.module.css";
import { UpdateDialog } from "./update-dialog.tsx";

type Kind = SchemaOverview["blueprints"][number];

const counted = (number: number) =>
  `${number.toLocaleString("en")} ${number === 1 ? "instance" : "instances"}`;

/** One blueprint: at which version how many of its instances are, and bringing the others up. */
export function KindSchema({ kind, active }: { kind: Kind; active: Rollout | undefined }) {
  const role = useRole();
  const [asks, setAsks] = useState(false);
  const { blueprint, newest, behind } = kind;
  // With several environments one of them may be free, which the dialog asks for.
  const isTaken = useEnvironments().length === 0 && active !== undefined;
  const reason: Reason =
    behind === 0
      ? "None of its instances is behind."
      : isTaken
        ? `A rollout of it is ${active.state}: one at a time.`
        : reasonOfRole(role, "operator");
  return (
    <Section
      title={blueprint}
      intro={`${counted(kind.instances)}; version ${newest} is the newest`}
      actions={
        <Group gap="xs">
          {active && (
            <TextLink to="/rollouts/$id" params={{ id: active.id }} size="sm">
              A rollout is {active.state}
            </TextLink>
          )}
          <ActButton variant="default" reason={reason} onClick={() => setAsks(true)}>
            Update all behind…
          </ActButton>
        </Group>
      }
    >
      <Standing kind={kind} />
      {kind.instances > 0 && (
        <ul className={classes.bars} aria-label={`Versions of ${blueprint}`}>
          {barsOf(kind).map(({ version, name, instances, percent, behind: by }) => (
            <li key={version} className={classes.bar}>
              <span className={classes.label}>
                <span className={classes.version}>{version}</span>{" "}
                <span className={classes.minor}>
                  {by === 0 ? "newest" : `${by} ${by === 1 ? "version" : "versions"} older`}
                  {name !== undefined && ` · ${name}`}
                </span>
              </span>
              <span className={classes.track} aria-hidden>
                <span
                  className={classes.part}
                  data-is={by === 0 ? "done" : "behind"}
                  style={{ width: `${percent}%`, minWidth: instances > 0 ? 4 : 0 }}
                />
              </span>
              <span className={classes.count}>
                {instances === 0 ? (
                  "none"
                ) : (
                  <TextLink to="/schema/instances" search={{ blueprint, version }} inherit>
                    {counted(instances)}
                  </TextLink>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {asks && <UpdateDialog kind={kind} onClose={() => setAsks(false)} />}
    </Section>
  );
}

const standings = [
  ["behind", (count: number) => `${count.toLocaleString("en")} behind`],
  ["drifted", (count: number) => `${count.toLocaleString("en")} ${count === 1 ? "differs" : "differ"}`],
  ["unknown", (count: number) => `${count.toLocaleString("en")} unknown`],
] as const;

/** How many are behind, differ from the migrations, or could not be looked at; each leads to its list. */
function Standing({ kind }: { kind: Kind }) {
  const { blueprint, instances, newest } = kind;
  const told = standings.filter(([only]) => kind[only] > 0);
  if (told.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {instances === 0
          ? "No instance has a database yet."
          : `All are at version ${newest}, as the migrations made them.`}
      </Text>
    );
  return (
    <Group gap="md">
      {told.map(([only, words]) => (
        <TextLink key={only} to="/schema/instances" search={{ blueprint, only }} size="sm">
          {words(kind[only])}
        </TextLink>
      ))}
    </Group>
  );
}
