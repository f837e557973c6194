import type { InstanceSchema } from "@atoll/contract/schemas/fleet";
import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Facts } from "../parts/facts.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Problem, Saying } from "../parts/problem.tsx";
import { When } from "../parts/when.tsx";
import { reasonOfRole } from "../rules/reasons.ts";
import type { InstanceDetails } from "./details.ts";
import { SchemaDifferences } from "./schema-differences.tsx";

/** The instance's schema: its version, what is pending, and what somebody changed beside the migrations. */
export function InstanceSchemaTab({ instance: { slug, state } }: { instance: InstanceDetails }) {
  const query = useQuery({ ...read("listSchemas", { query: { slug } }), enabled: state !== "removed" });
  const none = (
    <Text size="sm" c="dimmed">
      {state === "removed" ? "It went with the instance." : "It has no database yet."}
    </Text>
  );
  if (state === "removed") return <Section title="Schema">{none}</Section>;
  return (
    <Load query={query} lines={6}>
      {({ items: [schema] }) =>
        schema === undefined ? <Section title="Schema">{none}</Section> : <Shown schema={schema} />
      }
    </Load>
  );
}

function Shown({ schema }: { schema: InstanceSchema }) {
  const { instance: slug, blueprint, environment, version, newest, pending, drift, seenAt, problem } = schema;
  const role = useRole();
  const reason = reasonOfRole(role, "operator");
  const navigate = useNavigate();
  const look = useAct("syncSchemaVersion", { said: "Its database was looked at." });
  const update = useAct("startRollout", {
    onDone: ({ id }) => void navigate({ to: "/rollouts/$id", params: { id } }),
  });
  return (
    <Stack gap="xl">
      <Section
        title="Schema"
        intro="As its database said last."
        actions={
          <Group gap="xs">
            <ActButton
              variant="default"
              reason={reason}
              loading={look.isPending}
              onClick={() => look.mutate({ body: { subdomain: slug } })}
            >
              Look again
            </ActButton>
            <ActButton
              variant="default"
              reason={version === newest ? "It is at the newest version." : reason}
              loading={update.isPending}
              onClick={() => update.mutate({ body: { blueprint, environment, slugs: [slug] } })}
            >
              Update the schema
            </ActButton>
          </Group>
        }
      >
        <Problem error={look.error ?? update.error} />
        {problem && <Saying live={false} what={problem.what} next={problem.next} detail={problem.call} />}
        <Facts
          facts={[
            ["Version", version === undefined ? "nobody has looked yet" : `${version} of ${newest}`],
            ["Pending", pending.length === 0 ? "nothing" : pending.join(", ")],
            ["Differs", drift.length === 0 ? "nothing, as last seen" : drift.join(", ")],
            ["Looked at", <When key="seen" at={seenAt} />],
          ]}
        />
      </Section>
      <SchemaDifferences slug={slug} reason={reason} />
    </Stack>
  );
}
