import type { Export } from "@atoll/contract/schemas/exports";
import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { hub } from "../hub/client.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";
import { reasonOfRole } from "../rules/reasons.ts";
import { countWords, sizeWords } from "../usage/words.ts";
import type { InstanceDetails } from "./details.ts";
import { ExportDialog } from "./exports-dialog.tsx";
import { Import } from "./exports-import.tsx";
import { reasonOfExport } from "./exports-rules.ts";

/** Archives that were made of an instance, and filling a fresh one from an archive. */
export function Exports({ instance }: { instance: InstanceDetails }) {
  const { slug, state } = instance;
  const role = useRole();
  const [asks, setAsks] = useState(false);
  const query = useQuery({ ...read("listExports", { params: { slug } }), refetchInterval: 5_000 });
  return (
    <>
      <Section
        title="Exports"
        intro="Archives of everything that this instance holds, for its client or for another hub. They are kept for some days."
        actions={
          <ActButton reason={reasonOfExport("export", state, role)} onClick={() => setAsks(true)}>
            Export
          </ActButton>
        }
      >
        <Load query={query} lines={2} lineHeight={48}>
          {({ items }) =>
            items.length === 0 ? (
              <Text size="sm" c="dimmed">
                There is none.
              </Text>
            ) : (
              <Rows
                label="Exports"
                columns="minmax(0, 1.4fr) 110px 110px 130px 200px"
                heads={["What", "Rows", "Size", "Removed", ""]}
              >
                {items.map((each) => (
                  <ExportLine key={each.id} made={each} />
                ))}
              </Rows>
            )
          }
        </Load>
      </Section>
      <Import instance={instance} />
      {asks && <ExportDialog slug={slug} onClose={() => setAsks(false)} />}
    </>
  );
}

function ExportLine({ made }: { made: Export }) {
  const { id, form, withSql, state, why } = made;
  const reason = reasonOfRole(useRole(), "operator");
  const remove = useAct("removeExport", { said: "The export is gone." });
  const what = form === "take-out" ? "Take-out" : withSql ? "Archive with SQL" : "Archive";
  const isMaking = state === "making";
  return (
    <li className={rows.row}>
      <span>
        <span className={rows.main}>{what}</span>
        <span className={rows.minor}>
          {isMaking ? "being made, since " : why === "archived" ? "made when it was archived, " : "made "}
          <When at={made.readyAt ?? made.createdAt} />
        </span>
      </span>
      <span className={rows.faint}>{countWords(made.rows)}</span>
      <span className={rows.faint}>{sizeWords(made.sizeBytes)}</span>
      <span className={`${rows.faint} ${rows.wide}`}>
        <When at={made.expiresAt} />
      </span>
      <Group gap={4} className={rows.end} wrap="nowrap">
        {reason === undefined && !isMaking && (
          <Button
            component="a"
            variant="default"
            size="compact-xs"
            href={hub.url("downloadExport", { params: { id } })}
            download
          >
            Download
          </Button>
        )}
        <ActButton
          variant="default"
          size="compact-xs"
          reason={isMaking ? "It is being made: cancel its run." : reason}
          loading={remove.isPending}
          onClick={() => remove.mutate({ params: { id } })}
        >
          Remove
        </ActButton>
      </Group>
      <Problem error={remove.error} />
    </li>
  );
}
