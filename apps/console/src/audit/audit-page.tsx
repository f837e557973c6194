import type { Answer } from "@atoll/contract/types";
import { Group, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { hub } from "../hub/client.ts";
import { pages } from "../hub/pages.ts";
import { Empty } from "../parts/empty.tsx";
import { Search } from "../parts/filters.tsx";
import { LongList } from "../parts/long-list.tsx";
import { Page } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { When } from "../parts/when.tsx";
import { ChainCheck } from "./chain-check.tsx";
import { Subject } from "./subject.tsx";

type AuditRow = Answer<"listAudit">["items"][number];

const route = getRouteApi("/console/audit");

/** Who did what. Rows are only ever added, and each holds the hash of the one before. */
export function AuditPage() {
  const { subject, actor } = route.useSearch();
  const navigate = useNavigate({ from: "/audit" });
  const filter = { subject, actor };
  const query = useInfiniteQuery({
    ...pages("listAudit", filter, (part, signal) =>
      hub.call("listAudit", { query: { ...filter, ...part } }, { signal }),
    ),
    refetchInterval: 10_000,
  });
  const choose = (chosen: { subject?: string | undefined; actor?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...chosen }), replace: true });
  return (
    <Page
      title="Audit"
      intro="Who did what. Rows are only ever added; each holds the hash of the one before it."
      actions={<ChainCheck />}
    >
      <Group gap="xs">
        <Search
          label="Subject, as in instance/toko"
          value={subject}
          onSearch={(text) => choose({ subject: text })}
        />
        <Search label="By whom" value={actor} onSearch={(text) => choose({ actor: text })} />
      </Group>
      <LongList<AuditRow>
        query={query}
        label="Audit"
        columns="64px minmax(0, 1.1fr) minmax(0, 1.2fr) minmax(0, 1.4fr) 110px"
        heads={["No.", "What", "Of", "By", "When"]}
        row={(row) => <AuditLine key={row.seq} row={row} />}
        empty={
          <Empty icon={<IconHistory size={28} stroke={1.5} />} title="Nothing">
            {subject || actor ? "Nothing like this. Take a filter away." : "Nobody has done anything yet."}
          </Empty>
        }
      />
    </Page>
  );
}

function AuditLine({ row }: { row: AuditRow }) {
  const { seq, action, subject, actor, at, details } = row;
  const told = Object.entries(details);
  return (
    <li>
      <div className={rows.row}>
        <span className={`${rows.faint} ${rows.wide}`}>{seq}</span>
        <span>
          <span className={rows.main}>{action}</span>
          {told.length > 0 && (
            <span className={rows.minor} title={JSON.stringify(details)}>
              {told
                .map(
                  ([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`,
                )
                .join(", ")}
            </span>
          )}
        </span>
        <span className={rows.minor}>
          <Subject subject={subject} />
        </span>
        <span className={`${rows.minor} ${rows.wide}`}>{actor}</span>
        <Text span size="sm" className={`${rows.faint} ${rows.end}`}>
          <When at={at} />
        </Text>
      </div>
    </li>
  );
}
