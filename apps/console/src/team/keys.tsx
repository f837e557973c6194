import { type Role, roles } from "@atoll/contract/schemas/account";
import { Button, Group, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { read } from "../hub/read.ts";
import { Confirm } from "../parts/confirm.tsx";
import { CopyOnce } from "../parts/copy-once.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";

/** Keys with which machines call the hub. */
export function Keys() {
  const query = useQuery(read("listKeys", {}));
  const [asks, setAsks] = useState<{ id: string; name: string }>();
  const revoke = useAct("revokeKey", { said: "Revoked.", onDone: () => setAsks(undefined) });
  return (
    <Section title="API keys" intro="For machines and for the command line. A key's value is shown once.">
      <NewKey />
      <Load query={query} lines={1}>
        {({ items }) =>
          items.length > 0 && (
            <Rows
              label="API keys"
              columns="minmax(0, 1.4fr) 100px minmax(0, 1fr) 120px 120px 90px"
              heads={["Name", "Role", "By", "Used", "Ends", ""]}
            >
              {items.map(({ id, name, start, role, createdBy, lastUsedAt, expiresAt }) => (
                <li key={id} className={rows.row}>
                  <span>
                    <span className={rows.main}>{name}</span>
                    <code className={rows.minor}>{start}…</code>
                  </span>
                  <span className={rows.faint}>{role}</span>
                  <span className={`${rows.minor} ${rows.wide}`}>{createdBy}</span>
                  <span className={`${rows.faint} ${rows.wide}`}>
                    {lastUsedAt ? <When at={lastUsedAt} /> : "never"}
                  </span>
                  <span className={`${rows.faint} ${rows.wide}`}>
                    {expiresAt ? <When at={expiresAt} /> : "never"}
                  </span>
                  <span className={rows.end}>
                    <Button
                      variant="subtle"
                      color="red"
                      size="compact-sm"
                      onClick={() => setAsks({ id, name })}
                    >
                      Revoke
                    </Button>
                  </span>
                </li>
              ))}
            </Rows>
          )
        }
      </Load>
      <Confirm
        opened={asks !== undefined}
        onClose={() => setAsks(undefined)}
        title={`Revoke the key ${asks?.name ?? ""}?`}
        does="Revoke"
        danger
        isPending={revoke.isPending}
        error={revoke.error}
        onConfirm={() => asks && revoke.mutate({ params: { id: asks.id } })}
      >
        Whatever uses it is refused from now on.
      </Confirm>
    </Section>
  );
}

function NewKey() {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [days, setDays] = useState<number | "">(90);
  const [key, setKey] = useState<string>();
  const create = useAct("createKey", {
    onDone: (answer) => {
      setKey(answer.key);
      setName("");
    },
  });
  const forget = () => {
    setKey(undefined);
    create.reset(); // the answer holds it, too
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ body: { name, role, ...(days !== "" && { expiresInDays: days }) } });
      }}
    >
      <Group gap="xs" align="flex-end">
        <TextInput
          label="Name of the key"
          size="sm"
          required
          withAsterisk={false}
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label="Role of the key"
          size="sm"
          data={[...roles]}
          value={role}
          onChange={(event) => setRole(roles.find((each) => each === event.currentTarget.value) ?? "viewer")}
        />
        <NumberInput
          label="Days it holds"
          placeholder="for ever"
          size="sm"
          w={120}
          min={1}
          max={3650}
          value={days}
          onChange={(next) => setDays(next === "" ? "" : Number(next))}
        />
        <Button type="submit" size="sm" loading={create.isPending}>
          Make a key
        </Button>
      </Group>
      <Problem error={create.error} />
      <CopyOnce
        title="The new key"
        value={key}
        note="Copy it now: it is shown this once, and the hub keeps only its hash."
        onClose={forget}
      />
    </form>
  );
}
