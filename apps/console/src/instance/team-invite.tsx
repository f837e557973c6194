import type { InstanceTeam } from "@atoll/contract/schemas/team";
import { Group, Modal, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { ActButton } from "../parts/act-button.tsx";
import { OperationRun, useOperation } from "./operation-run.tsx";
import type { TeamInput } from "./team-rules.ts";

interface Props {
  slug: string;
  team: InstanceTeam;
  opened: boolean;
  onClose(): void;
}

/** Asks whom to invite, and as what. It stays open until the mail is out, or says why it is not. */
export function TeamInvite({ slug, team, opened, onClose }: Props) {
  const { roles, of } = team;
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState(
    roles.at(-1) === of?.roles[0] ? (roles.at(-2) ?? "") : (roles.at(-1) ?? ""),
  );
  const [row, setRow] = useState("");
  const needsRow = of?.roles.includes(role) === true;
  const close = () => {
    setEmail("");
    setName("");
    onClose();
  };
  const change = useOperation<TeamInput>(slug, "team", "showInstanceTeam", () => {
    notifications.show({ message: "Invited; the mail is out.", autoClose: 4_000 });
    close();
  });
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={`Invite somebody into ${slug}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const called = name.trim();
          change.ask({
            do: "invite",
            email: email.trim(),
            role,
            ...(called !== "" && { name: called }),
            ...(needsRow && { of: row }),
          });
        }}
      >
        <Stack gap="md">
          <Text size="sm">
            They get a mail with a link that lets them in once; then they choose a password. Nobody here sees
            either.
          </Text>
          <TextInput
            label="E-mail"
            type="email"
            required
            withAsterisk={false}
            maxLength={254}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
          <TextInput
            label="Name"
            description="If you know it."
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            autoComplete="off"
          />
          <NativeSelect
            label="Role"
            data={[...roles]}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value)}
          />
          {needsRow && (
            <NativeSelect
              label={`Belongs to (${of.name})`}
              required
              withAsterisk={false}
              data={[
                { value: "", label: of.items.length === 0 ? "There is none yet" : "Choose…" },
                ...of.items.map(({ id, label }) => ({ value: id, label })),
              ]}
              value={row}
              onChange={(event) => setRow(event.currentTarget.value)}
            />
          )}
          <OperationRun {...change} />
          <Group justify="flex-end">
            <ActButton
              type="submit"
              loading={change.isPending}
              reason={needsRow && row === "" ? `Choose one of the ${of.name} first.` : undefined}
            >
              Invite
            </ActButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
