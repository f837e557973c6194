import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Problem } from "./problem.tsx";

interface ConfirmProps {
  opened: boolean;
  onClose(): void;
  title: string;
  children: ReactNode;
  /** The word on the button. */
  does: string;
  /** Has to be typed before the button works: for what cannot be taken back. */
  typed?: string;
  danger?: boolean;
  isPending: boolean;
  error: unknown;
  onConfirm(): void;
}

/** Asks once more. What cannot be taken back asks for a name to be typed. */
export function Confirm(props: ConfirmProps) {
  const {
    opened,
    onClose,
    title,
    children,
    does,
    typed,
    danger = false,
    isPending,
    error,
    onConfirm,
  } = props;
  const [text, setText] = useState("");
  const isReady = typed === undefined || text === typed;
  const close = () => {
    setText("");
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onConfirm();
        }}
      >
        <Stack gap="md">
          <Text component="div" size="sm">
            {children}
          </Text>
          {typed !== undefined && (
            <TextInput
              label={`Type ${typed} to go on`}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
              data-autofocus
            />
          )}
          <Problem error={error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button
              type="submit"
              color={danger ? "red.9" : undefined}
              loading={isPending}
              disabled={!isReady}
            >
              {does}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
