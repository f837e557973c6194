import type { InstanceDomain } from "@atoll/contract/schemas/domains";
import { Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { ActButton } from "../parts/act-button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Facts } from "../parts/facts.tsx";
import { OutLink } from "../parts/links.tsx";
import { Saying } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import type { Reason } from "../rules/reasons.ts";
import { OperationRun, useOperation } from "./operation-run.tsx";

const words: Record<InstanceDomain["state"], string> = {
  waiting: "waiting for DNS",
  verifying: "verifying",
  certificate: "waiting for its certificate",
  live: "live",
  broken: "broken",
};

interface Props {
  slug: string;
  domain: InstanceDomain;
  /** Why nothing can be done with it. */
  reason: Reason;
}

/** One custom domain: how it is, the records that its DNS has to hold, and what can be done. */
export function DomainCard({ slug, domain, reason }: Props) {
  const { domain: name, state, isPrimary, records, certificate, problem, lookedAt, host, isFound } = domain;
  const [asks, setAsks] = useState(false);
  const act = useOperation(slug, "domain", "listDomains");
  const ask = (deed: "verify" | "primary" | "remove") => act.ask({ do: deed, domain: name });
  const until = certificate?.expiresAt;
  return (
    <section aria-label={name}>
      <Stack gap="xs">
        <Group gap="sm">
          {state === "live" ? <OutLink href={`https://${name}`} /> : <Text fw={600}>{name}</Text>}
          <State
            state={state === "broken" ? "failed" : state === "live" ? "live" : "waiting"}
            word={words[state]}
          />
          {isPrimary && (
            <Text size="sm" c="dimmed">
              primary
            </Text>
          )}
        </Group>
        {state === "broken" && (
          <Saying
            live={false}
            what={problem?.what ?? "Its DNS does not lead here any more, or its certificate has ended."}
            next="Set the records below; it heals by itself then."
          />
        )}
        {state !== "live" && <Records name={name} records={records} />}
        <Facts
          facts={[
            ["Served by", host],
            [
              "Certificate",
              certificate === undefined || certificate.state === "none" ? undefined : (
                <span key="certificate">
                  {certificate.state}
                  {until !== undefined && (
                    <>
                      , ends <When at={until} />
                    </>
                  )}
                </span>
              ),
            ],
            ["Looked at", lookedAt === undefined ? undefined : <When key="looked" at={lookedAt} />],
          ]}
        />
        <Group gap="xs">
          {state !== "live" && (
            <ActButton
              variant="default"
              size="compact-sm"
              reason={reason}
              loading={act.isPending}
              onClick={() => ask("verify")}
            >
              Look now
            </ActButton>
          )}
          {!isPrimary && (
            <ActButton
              variant="default"
              size="compact-sm"
              reason={reason ?? (state === "live" ? undefined : "Mails can lead there once it is live.")}
              loading={act.isPending}
              onClick={() => ask("primary")}
            >
              Make primary
            </ActButton>
          )}
          <ActButton
            variant="default"
            size="compact-sm"
            reason={reason}
            loading={act.isPending}
            onClick={() => setAsks(true)}
          >
            Remove {name}
          </ActButton>
        </Group>
        <OperationRun {...act} />
      </Stack>
      <Confirm
        opened={asks}
        onClose={() => setAsks(false)}
        title={`Remove ${name}?`}
        does="Remove"
        danger
        isPending={act.isPending}
        error={act.error}
        onConfirm={() => {
          setAsks(false); // how it goes stands with the domain
          ask("remove");
        }}
      >
        {isFound ? `It stays at ${host}, where it was before; ` : `It is taken off the site at ${host}; `}
        sign-ins and resolvers lead there no longer.
      </Confirm>
    </section>
  );
}

function Records({ name, records }: { name: string; records: InstanceDomain["records"] }) {
  if (records.length === 0) return null;
  return (
    <Rows
      label={`DNS records of ${name}`}
      columns="70px minmax(0, 1fr) minmax(0, 1.5fr) 90px"
      heads={["Type", "Name", "Value", ""]}
    >
      {records.map(({ type, name: at, value, why }) => (
        <li key={`${type} ${at} ${value}`} className={rows.row} title={why}>
          <span>{type}</span>
          <Code style={{ overflowWrap: "anywhere" }}>{at}</Code>
          <Code style={{ overflowWrap: "anywhere" }}>{value}</Code>
          <CopyButton value={value}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                size="compact-xs"
                onClick={copy}
                aria-label={`Copy the ${type} record of ${at}`}
              >
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
        </li>
      ))}
    </Rows>
  );
}
