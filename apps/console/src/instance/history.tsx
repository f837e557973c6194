import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { Empty } from "../parts/empty.tsx";
import { TextLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Rows } from "../parts/rows.tsx";
import { RunRow, runColumns } from "../runs/run-row.tsx";

/** Every run of an instance, newest first. */
export function History({ slug }: { slug: string }) {
  const query = useQuery({ ...read("listInstanceRuns", { params: { slug } }), refetchInterval: 5_000 });
  return (
    <Section
      title="Runs"
      actions={
        <TextLink to="/audit" search={{ subject: `instance/${slug}` }} size="sm">
          Who did what
        </TextLink>
      }
    >
      <Load query={query} lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconHistory size={28} stroke={1.5} />} title="No runs yet" />
          ) : (
            <Rows label="Runs" columns={runColumns} heads={["Instance", "Why", "State", "Took", "Began"]}>
              {items.map((run) => (
                <RunRow key={run.id} run={run} />
              ))}
            </Rows>
          )
        }
      </Load>
    </Section>
  );
}
