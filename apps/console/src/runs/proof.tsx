import type { Proof } from "@atoll/contract/schemas/proof";
import { Anchor, Badge, List, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { When } from "../parts/when.tsx";

const words: Record<Proof["things"][number]["is"], { word: string; color: string }> = {
  absent: { word: "seen gone", color: "teal" },
  retired: { word: "put away", color: "teal" },
  kept: { word: "stays", color: "gray" },
  failed: { word: "still there", color: "red" },
  open: { word: "not looked at", color: "yellow" },
};

/** What a removal or an archiving saw gone, thing by thing, and what stays by intention; to be kept as a file. */
export function RunProof({ id }: { id: string }) {
  const query = useQuery(read("showProof", { params: { id } }));
  return (
    <Section
      title="Proof"
      actions={
        <Anchor href={`/api/runs/${encodeURIComponent(id)}/proof`} download={`proof-${id}.json`} size="sm">
          Download as JSON
        </Anchor>
      }
    >
      <Load query={query} lines={5}>
        {(proof) => <Things proof={proof} />}
      </Load>
    </Section>
  );
}

function Things({ proof: { things, remains } }: { proof: Proof }) {
  return (
    <Stack gap="sm">
      <Table.ScrollContainer minWidth={560}>
        <Table aria-label="What was seen">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Seen</Table.Th>
              <Table.Th>Thing</Table.Th>
              <Table.Th>Id</Table.Th>
              <Table.Th>When</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {things.map(({ step, kind, name, id, is, at, what }) => (
              <Table.Tr key={step} data-is={is}>
                <Table.Td>
                  <Badge variant="light" color={words[is].color} radius="sm" tt="none">
                    {words[is].word}
                  </Badge>
                </Table.Td>
                <Table.Td>
                  {kind} {name}
                  {what !== undefined && (
                    <Text size="xs" c="dimmed">
                      {what}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>{id ?? "–"}</Table.Td>
                <Table.Td>
                  <When at={at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {remains.length > 0 && (
        <>
          <Text fw={600}>What remains by intention</Text>
          <List size="sm">
            {remains.map((each) => (
              <List.Item key={each}>{each}</List.Item>
            ))}
          </List>
        </>
      )}
    </Stack>
  );
}
