import type { QuotaAccount } from "@atoll/contract/schemas/monitor";
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";

/** What one account is held up by, one sentence; undefined where all goes on. */
function troubleOf({ silentSince, stoppedUntil, instances }: QuotaAccount): string | undefined {
  const wait = `${instances} ${instances === 1 ? "instance waits" : "instances wait"} for it`;
  if (silentSince !== undefined)
    return `Has answered nothing for ${inUnits(Date.now() - Date.parse(silentSince))}: ${wait}; others go on.`;
  if (stoppedUntil !== undefined) return `Asked for no call until ${clock(stoppedUntil)}: ${wait}.`;
  return instances === 0 ? undefined : `${wait[0]?.toUpperCase()}${wait.slice(1)}.`;
}

const clock = (at: string) => new Date(at).toLocaleTimeString();
const inUnits = (ms: number) =>
  ms >= 3_600_000
    ? `${Math.round(ms / 3_600_000)} h`
    : ms >= 60_000
      ? `${Math.round(ms / 60_000)} min`
      : `${Math.max(1, Math.round(ms / 1_000))} s`;

/** Accounts that somebody waits for or that answer nobody, and limits that are more than half used. */
function Accounts({ accounts }: { accounts: readonly QuotaAccount[] }) {
  const shown = accounts.flatMap((account) => {
    const trouble = troubleOf(account);
    const near = account.limits.filter(({ limit, used }) => used > limit / 2);
    return trouble === undefined && near.length === 0 ? [] : [{ account, trouble, near }];
  });
  if (shown.length === 0) return null;
  return (
    <Rows
      label="Accounts that are waited for"
      columns="minmax(0, 1fr) minmax(0, 2fr) minmax(0, 1fr)"
      heads={["Provider", "Now", "Used"]}
    >
      {shown.map(({ account, trouble, near }) => (
        <li key={`${account.environment}/${account.provider}`} className={rows.row}>
          <span>
            <span className={rows.main}>{account.provider}</span>
            <span className={rows.minor}>{account.environment}</span>
          </span>
          <span>
            {trouble === undefined ? (
              <span className={rows.minor}>Nobody waits.</span>
            ) : (
              <State state={account.silentSince === undefined ? "pending" : "failed"} word={trouble} />
            )}
            {account.waiting.slice(0, 5).map(({ instance, of, until, urgent }) => (
              <span key={`${instance}/${of}/${until}`} className={rows.minor}>
                {instance ?? "The hub"} waits for {of} until {clock(until)}
                {urgent ? "" : ", in no hurry"}
              </span>
            ))}
          </span>
          <span className={rows.minor}>
            {near
              .map(({ of, used, limit, windowMs }) => `${used} of ${limit} ${of} in ${inUnits(windowMs)}`)
              .join("; ")}
          </span>
        </li>
      ))}
    </Rows>
  );
}

/** What providers said last about their limits. */
export function QuotaList() {
  const query = useQuery({ ...read("listQuotas", {}), refetchInterval: 15_000 });
  return (
    <Section title="Limits at providers" intro="As each provider told with its newest answer.">
      <Load query={query} lines={2}>
        {({ items, accounts }) => (
          <>
            <Accounts accounts={accounts} />
            {items.length === 0 ? (
              <Text c="dimmed" size="sm">
                No provider has told of a limit yet.
              </Text>
            ) : (
              <Rows
                label="Limits at providers"
                columns="minmax(0, 1fr) minmax(0, 1fr) 160px 130px 110px"
                heads={["Provider", "Environment", "Calls left", "Full again", "Told"]}
              >
                {items.map(({ environment, provider, bucket, limit, remaining, share, resetAt, seenAt }) => (
                  <li key={`${environment}/${provider}/${bucket}`} className={rows.row}>
                    <span>
                      <span className={rows.main}>{provider}</span>
                      <span className={rows.minor}>{bucket === String(limit) ? "" : bucket}</span>
                    </span>
                    <span className={`${rows.minor} ${rows.wide}`}>{environment}</span>
                    <span>
                      <State
                        state={share < 0.1 ? "failed" : share < 0.2 ? "pending" : "live"}
                        word={`${remaining} of ${limit}`}
                      />
                    </span>
                    <span className={`${rows.faint} ${rows.wide}`}>
                      <When at={resetAt} />
                    </span>
                    <span className={`${rows.faint} ${rows.end}`}>
                      <When at={seenAt} />
                    </span>
                  </li>
                ))}
              </Rows>
            )}
          </>
        )}
      </Load>
    </Section>
  );
}
