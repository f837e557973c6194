import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";

/** What providers said last about their limits. */
export function QuotaList() {
  const query = useQuery({ ...read("listQuotas", {}), refetchInterval: 15_000 });
  return (
    <Section title="Limits at providers" intro="As each provider told with its newest answer.">
      <Load query={query} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
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
          )
        }
      </Load>
    </Section>
  );
}
