import type { PublicRequest } from "@atoll/contract/schemas/request";
import { Box, Group, Text, ThemeIcon, VisuallyHidden } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { quiet } from "../tones.ts";
import type { Words } from "../words/en.ts";
import { stagesOf } from "./stages.ts";

/** The way of a request in four stages, and where it stands. */
export function StageList({ request, words }: { request: PublicRequest; words: Words["status"] }) {
  const says = { done: words.stageDone, now: words.stageNow, next: words.stageNext };
  const stages = stagesOf(request);
  if (stages.length === 0) return null;
  return (
    <Box component="ol" m={0} p={0} style={{ listStyle: "none", display: "grid", gap: 12 }}>
      {stages.map(({ stage, is }, index) => (
        <Group
          component="li"
          key={stage}
          gap="sm"
          wrap="nowrap"
          aria-current={is === "now" ? "step" : undefined}
        >
          <ThemeIcon
            aria-hidden
            radius="xl"
            size={28}
            variant={is === "done" ? "filled" : is === "now" ? "outline" : "default"}
          >
            {is === "done" ? <IconCheck size={16} /> : <Text fz={13}>{index + 1}</Text>}
          </ThemeIcon>
          <Text fw={is === "now" ? 600 : 400} c={is === "next" ? quiet : "bright"}>
            {words.stages[stage]} <VisuallyHidden>({says[is]})</VisuallyHidden>
          </Text>
        </Group>
      ))}
    </Box>
  );
}
