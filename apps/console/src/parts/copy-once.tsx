import { Button, CopyButton, Group, Modal, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import classes from "./copy-once.module.css";

interface CopyOnceProps {
  title: string;
  /** What is shown this once; undefined = closed. */
  value: string | undefined;
  note: string;
  onClose(): void;
}

/** Shows something secret once; closing forgets it. */
export function CopyOnce({ title, value, note, onClose }: CopyOnceProps) {
  return (
    <Modal
      opened={value !== undefined}
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="sm">
        <Text size="sm">{note}</Text>
        <code className={classes.value}>{value}</code>
        <Group justify="flex-end" gap="xs">
          <CopyButton value={value ?? ""}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
                onClick={copy}
                data-autofocus
              >
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>I have it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
