import { Progress as Bar, Box, Group, List, Loader, Stack, Text, Title, VisuallyHidden } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { Words } from "../words/en.ts";
import { type Progress, plainly } from "./progress.ts";

interface LiveProgressProps {
  progress: Progress;
  /** As the hub last counted; absent before the run has steps. */
  counted: { done: number; of: number } | undefined;
  words: Words;
}

/** What a run does, in plain words: how far it is, what happens now, what is done. */
export function LiveProgress({ progress, counted, words }: LiveProgressProps) {
  const { live, steps } = words;
  const { doneCount, now, done, retrying, undoing } = plainly(progress);
  const wordFor = (kind: string) => new Map(Object.entries(steps)).get(kind) ?? live.other;
  const of = counted?.of ?? 0;
  const count = Math.min(Math.max(doneCount, counted?.done ?? 0), of);
  const note = undoing ? live.undoing : retrying ? live.retrying : undefined;
  const nowWords = [...new Set(now.map(wordFor))];
  const doneWords = [...new Set(done.map(wordFor))].filter((word) => !nowWords.includes(word));
  return (
    <Stack gap="md" component="section" aria-labelledby="live-title">
      <Title order={2} id="live-title" fz="lg">
        {live.title}
      </Title>
      {/* One sentence that is read out when it changes; the lists are for looking at. */}
      <VisuallyHidden role="status">
        {[of > 0 ? live.count(count, of) : live.starting, ...(note === undefined ? [] : [note])].join(". ")}
      </VisuallyHidden>
      {of > 0 && !undoing && (
        <Box>
          <Bar.Root size="lg" radius="xl">
            <Bar.Section
              value={(100 * count) / of}
              aria-label={live.bar}
              aria-valuetext={live.count(count, of)}
            />
          </Bar.Root>
          <Text size="sm" mt={6} aria-hidden>
            {live.count(count, of)}
          </Text>
        </Box>
      )}
      {note !== undefined && <Text aria-hidden>{note}</Text>}
      {nowWords.length === 0 && doneWords.length === 0 && of === 0 && (
        <Text aria-hidden>{live.starting}</Text>
      )}
      <Steps title={live.now} lines={nowWords} isDone={false} />
      <Steps title={live.done} lines={doneWords} isDone />
    </Stack>
  );
}

function Steps({ title, lines, isDone }: { title: string; lines: string[]; isDone: boolean }) {
  if (lines.length === 0) return null;
  return (
    <Box>
      <Title order={3} fz="sm" fw={600} mb={6}>
        {title}
      </Title>
      <List listStyleType="none" spacing={6} pl={0}>
        {lines.map((line) => (
          <List.Item key={line}>
            <Group gap="sm" wrap="nowrap" align="center">
              <Box aria-hidden w={18} h={18} style={{ flexShrink: 0, display: "grid", placeItems: "center" }}>
                {isDone ? (
                  <IconCheck size={18} color="var(--mantine-primary-color-light-color)" />
                ) : (
                  <Loader size={16} />
                )}
              </Box>
              <Text>{line}</Text>
            </Group>
          </List.Item>
        ))}
      </List>
    </Box>
  );
}
