import type { Webhook } from "@atoll/contract/schemas/monitor";
import { Button, Group, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { Confirm } from "../parts/confirm.tsx";
import { CopyOnce } from "../parts/copy-once.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Problem, Saying } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";
import { isAtLeast } from "../rules/reasons.ts";

/** Addresses that are told of incidents. Owners see and change them: an address may itself be a secret. */
export function Webhooks() {
  const isOwner = isAtLeast(useRole(), "owner");
  return (
    <Section
      title="Webhooks"
      intro="Each is told when an incident begins and when it is over, with a signature (Standard Webhooks)."
    >
      {isOwner ? (
        <WebhookList />
      ) : (
        <Text c="dimmed" size="sm">
          Owners see and change them.
        </Text>
      )}
    </Section>
  );
}

function WebhookList() {
  const query = useQuery({ ...read("listWebhooks", {}), refetchInterval: 15_000 });
  const [asks, setAsks] = useState<Webhook>();
  const remove = useAct("removeWebhook", { said: "Removed.", onDone: () => setAsks(undefined) });
  return (
    <>
      <NewWebhook />
      <Load query={query} lines={1}>
        {({ items }) =>
          items.length > 0 && (
            <Rows
              label="Webhooks"
              columns="minmax(0, 1.6fr) minmax(0, 1.2fr) 120px 170px"
              heads={["Address", "How it goes", "Last sent", ""]}
            >
              {items.map((hook) => (
                <WebhookRow key={hook.id} hook={hook} onRemove={() => setAsks(hook)} />
              ))}
            </Rows>
          )
        }
      </Load>
      <Confirm
        opened={asks !== undefined}
        onClose={() => setAsks(undefined)}
        title={`Tell ${asks?.label ?? ""} no more?`}
        does="Remove"
        danger
        isPending={remove.isPending}
        error={remove.error}
        onConfirm={() => asks && remove.mutate({ params: { id: asks.id } })}
      >
        What waits to be sent to it is dropped.
      </Confirm>
    </>
  );
}

function WebhookRow({ hook, onRemove }: { hook: Webhook; onRemove(): void }) {
  const { id, label, url, waiting, problem, lastSentAt } = hook;
  const test = useAct("testWebhook");
  const came = test.data && test.data.sentAt !== undefined;
  return (
    <li className={rows.row}>
      <span>
        <span className={rows.main}>{label}</span>
        <span className={rows.minor}>{url}</span>
      </span>
      <div aria-live="polite">
        {problem === undefined ? "Well" : problem}
        {waiting > 0 && ` ${waiting} ${waiting === 1 ? "waits" : "wait"}.`}
        {came && " The test arrived."}
        {test.data && !came && <Saying live={false} what={test.data.problem ?? "The test did not arrive."} />}
        <Problem error={test.error} />
      </div>
      <span className={`${rows.faint} ${rows.wide}`}>
        <When at={lastSentAt} />
      </span>
      <Group gap={4} wrap="nowrap" className={rows.end}>
        <Button
          variant="default"
          size="compact-sm"
          loading={test.isPending}
          onClick={() => test.mutate({ params: { id }, body: {} })}
        >
          Test
        </Button>
        <Button variant="subtle" color="red" size="compact-sm" onClick={onRemove}>
          Remove
        </Button>
      </Group>
    </li>
  );
}

function NewWebhook() {
  const [url, setUrl] = useState("");
  const [label, setLabel] = useState("");
  const [secret, setSecret] = useState<string>();
  const create = useAct("createWebhook", {
    onDone: (answer) => {
      setSecret(answer.secret);
      setUrl("");
      setLabel("");
    },
  });
  const forget = () => {
    setSecret(undefined);
    create.reset(); // the answer holds it, too
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ body: { url, label } });
      }}
    >
      <Group gap="xs" align="flex-end">
        <TextInput
          label="Who is told"
          size="sm"
          required
          withAsterisk={false}
          maxLength={120}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <TextInput
          label="Address"
          type="url"
          size="sm"
          w={320}
          maw="100%"
          required
          withAsterisk={false}
          placeholder="https://"
          maxLength={2000}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <Button type="submit" size="sm" loading={create.isPending}>
          Add
        </Button>
      </Group>
      <Problem error={create.error} />
      <CopyOnce
        title="The signing secret"
        value={secret}
        note="Copy it to the receiver now: it is shown this once. With it the receiver checks that a message is the hub's."
        onClose={forget}
      />
    </form>
  );
}
