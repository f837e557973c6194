import { Group, Stack, Text } from "@mantine/core";
import { Facts, shownAnswer, wordsOf } from "../parts/facts.tsx";
import { Section } from "../parts/page.tsx";
import { Change } from "./change.tsx";
import type { InstanceDetails } from "./details.ts";
import { SecretLine } from "./secret-line.tsx";

/** "step:api-keys:attrs.secret" → "api-keys: secret": what a provider gave out at a step. */
const secretWords = (name: string) => name.replace(/^step:([^:]+):attrs\./, "$1: ");

/** What was answered, and which secrets are set. */
export function Configuration({ instance }: { instance: InstanceDetails }) {
  const { slug, answers, secrets } = instance;
  return (
    <Stack gap="xl">
      <Section title="Answers" intro="The last ones that were accepted.">
        <Facts
          facts={Object.entries(answers).map(([field, value]) => [wordsOf(field), shownAnswer(value)])}
        />
        {instance.state !== "removed" && (
          <Group mt="md">
            <Change instance={instance} />
          </Group>
        )}
      </Section>
      <Section title="Secrets" intro="Kept encrypted. An owner may look at one; the audit log says so.">
        {secrets.length === 0 ? (
          <Text size="sm" c="dimmed">
            None are set.
          </Text>
        ) : (
          <Facts
            facts={secrets.map((name) => [
              secretWords(name),
              <SecretLine key={name} slug={slug} name={name} />,
            ])}
          />
        )}
      </Section>
    </Stack>
  );
}
