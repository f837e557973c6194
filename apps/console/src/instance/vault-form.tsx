import { type VaultEntry, vaultTypes } from "@atoll/contract/schemas/vault";
import { valueFrom } from "@atoll/contract/vault-value";
import {
  Button,
  Group,
  Modal,
  PasswordInput,
  Select,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { Problem } from "../parts/problem.tsx";
import { typedValue } from "./vault-words.ts";

interface VaultFormProps {
  slug: string;
  /** Absent = a new key. */
  entry?: VaultEntry;
  onClose(): void;
}

/** Sets a key. What was changed in the instance since this was opened is not overwritten. */
export function VaultForm({ slug, entry, onClose }: VaultFormProps) {
  const side = entry?.there?.type === undefined ? entry?.here : entry.there;
  const [key, setKey] = useState(entry?.key ?? "");
  const [type, setType] = useState(side?.type ?? "text");
  const [secret, setSecret] = useState(entry?.secret ?? true);
  const [typed, setTyped] = useState(
    side === undefined || side.secret ? "" : typedValue(side.type, side.value),
  );
  // As it was when this was opened: the list behind it is read again meanwhile.
  const [seen] = useState(entry?.seen ?? "");
  const value = valueFrom(type, typed);
  const set = useAct("setVaultKey", { said: `${key} is set.`, onDone: () => close() });
  const close = () => {
    set.reset(); // it holds what was typed
    onClose();
  };
  const input = {
    label: "Value",
    value: typed,
    required: true,
    autoComplete: "off",
    error: typed !== "" && value === undefined ? `This does not read as ${type}.` : undefined,
    onChange: (event: { currentTarget: { value: string } }) => setTyped(event.currentTarget.value),
  };
  return (
    <Modal
      opened
      onClose={close}
      title={entry === undefined ? "Add a key" : `Set ${key}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (value !== undefined) set.mutate({ params: { slug, key }, body: { value, type, secret, seen } });
        }}
      >
        <Stack gap="md">
          {entry === undefined && (
            <TextInput
              label="Key"
              description="A-Z, 0-9 and _, as in OPENAI_API_KEY."
              required
              value={key}
              maxLength={100}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setKey(event.currentTarget.value.toUpperCase())}
              data-autofocus
            />
          )}
          <Select
            label="Type"
            data={[...vaultTypes]}
            value={type}
            allowDeselect={false}
            onChange={(name) => setType(vaultTypes.find((each) => each === name) ?? type)}
          />
          <Switch
            label="Secret"
            description="Nobody is shown it again; only programs with the instance's service key read it."
            checked={secret}
            onChange={(event) => setSecret(event.currentTarget.checked)}
          />
          {secret ? <PasswordInput {...input} /> : <Textarea {...input} autosize minRows={2} maxRows={12} />}
          <Problem error={set.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Not yet
            </Button>
            <Button type="submit" loading={set.isPending} disabled={value === undefined}>
              Set
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
