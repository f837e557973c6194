import { Button, Menu, Text } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { Reason } from "../rules/reasons.ts";

const acts = [
  { act: "pause", word: "Pause", color: undefined },
  { act: "resume", word: "Resume", color: undefined },
  { act: "archive", word: "Archive", color: "red.9" },
  { act: "destroy", word: "Destroy", color: "red.9" },
] as const;

/** What is done to an instance rarely. */
export type MenuAct = (typeof acts)[number]["act"];

interface InstanceMenuProps {
  reasonOf(act: MenuAct): Reason;
  onAsk(act: MenuAct): void;
}

/** What is done rarely, in a menu; what cannot be done now says why and stays in the tab order. */
export function InstanceMenu({ reasonOf, onAsk }: InstanceMenuProps) {
  return (
    <Menu position="bottom-end" width={260} withinPortal>
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
          More
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {acts.map(({ act, word, color }) => {
          const reason = reasonOf(act);
          const isOff = reason !== undefined;
          return (
            <Menu.Item
              key={act}
              color={isOff ? undefined : color}
              aria-disabled={isOff || undefined}
              closeMenuOnClick={!isOff}
              onClick={() => {
                if (!isOff) onAsk(act);
              }}
            >
              <span style={isOff ? { opacity: 0.7 } : undefined}>{word}</span>
              {isOff && (
                <Text component="span" display="block" size="xs" c="dimmed">
                  {reason}
                </Text>
              )}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
