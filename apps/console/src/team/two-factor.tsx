import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { meQuery } from "../hub/me.ts";
import copy from "../parts/copy-once.module.css";
import { Section } from "../parts/page.tsx";
import { beginTwoFactor, endTwoFactor, verifyCode } from "../session/auth.ts";
import { Refused } from "../session/refused.tsx";

/** One's own second factor: on with an authenticator app, off with the password. */
export function TwoFactor() {
  const { data: me } = useQuery(meQuery);
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  if (me?.kind !== "person") return null;
  const close = () => {
    setOpen(false);
    void queries.invalidateQueries();
  };
  return (
    <Section
      title="Your second factor"
      intro={
        me.twoFactor
          ? "On: signing in asks for a code of your authenticator app."
          : "Off. With it, a stolen password alone opens nothing."
      }
    >
      <Group>
        <Button variant="default" onClick={() => setOpen(true)}>
          {me.twoFactor ? "Switch it off" : "Switch it on"}
        </Button>
      </Group>
      <Modal
        opened={isOpen}
        onClose={close}
        title={me.twoFactor ? "Switch the second factor off" : "Switch the second factor on"}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {me.twoFactor ? <SwitchOff onDone={close} /> : <SwitchOn onDone={close} />}
      </Modal>
    </Section>
  );
}

function Password({ does, danger = false, onTyped, isPending, error }: PasswordProps) {
  const [password, setPassword] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onTyped(password);
      }}
    >
      <Stack gap="md">
        <PasswordInput
          label="Your password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          data-autofocus
          visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
        />
        <Refused error={error} />
        <Group justify="flex-end">
          <Button type="submit" color={danger ? "red.9" : undefined} loading={isPending}>
            {does}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface PasswordProps {
  does: string;
  danger?: boolean;
  onTyped(password: string): void;
  isPending: boolean;
  error: unknown;
}

function SwitchOff({ onDone }: { onDone(): void }) {
  const end = useMutation({ mutationFn: endTwoFactor, onSuccess: onDone });
  return (
    <Password does="Switch off" danger onTyped={end.mutate} isPending={end.isPending} error={end.error} />
  );
}

function SwitchOn({ onDone }: { onDone(): void }) {
  const [code, setCode] = useState("");
  const begin = useMutation({ mutationFn: beginTwoFactor });
  const verify = useMutation({ mutationFn: () => verifyCode(code), onSuccess: onDone });
  if (begin.data === undefined)
    return <Password does="Go on" onTyped={begin.mutate} isPending={begin.isPending} error={begin.error} />;
  const { uri, backupCodes } = begin.data;
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        verify.mutate();
      }}
    >
      <Stack gap="md">
        <Text size="sm">
          Type this key into your authenticator app, or <a href={uri}>open it there</a> on this device.
        </Text>
        <code className={copy.value}>{secret.replace(/(.{4})/g, "$1 ").trim()}</code>
        <Text size="sm">Keep these codes in a safe place: each signs you in once when the app is lost.</Text>
        <code className={copy.value}>{backupCodes.join("\n")}</code>
        <TextInput
          label="Code that the app shows now"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoFocus
        />
        <Refused error={verify.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={verify.isPending}>
            Switch on
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
