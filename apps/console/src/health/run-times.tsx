import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { State } from "../parts/state.tsx";
import { lasting } from "../parts/time.ts";
import { PlotTable } from "./table.tsx";

/** How long runs of the last 30 days took, and which step took longest. */
export function RunTimeList() {
  const query = useQuery(read("listRunTimes", { query: { days: 30 } }));
  return (
    <Section title="Run times" intro="Runs of the last 30 days that succeeded.">
      <Load query={query} lines={2}>
        {({ kinds }) =>
          kinds.length === 0 ? (
            <Text c="dimmed" size="sm">
              No run has succeeded in that time.
            </Text>
          ) : (
            <Rows
              label="Run times"
              columns="minmax(0, 1.6fr) 70px 90px 90px 140px"
              heads={["Kind", "Runs", "Half", "95 of 100", "Budget"]}
            >
              {kinds.map(({ kind, runs, p50Ms, p95Ms, budgetMs, isOver, steps }) => (
                <li key={kind} className={rows.row}>
                  <div>
                    <span className={rows.main}>{kind}</span>
                    <PlotTable
                      label={`${kind}: steps`}
                      heads={["Step", "Half", "95 of 100", "Longest"]}
                      rows={steps.map((step) => [
                        step.step,
                        lasting(step.p50Ms),
                        lasting(step.p95Ms),
                        lasting(step.maxMs),
                      ])}
                    />
                  </div>
                  <span className={`${rows.faint} ${rows.wide}`}>{runs}</span>
                  <span className={rows.wide}>{lasting(p50Ms)}</span>
                  <span>{lasting(p95Ms)}</span>
                  <span className={rows.end}>
                    {budgetMs === undefined ? (
                      "–"
                    ) : (
                      <State
                        state={isOver ? "failed" : "live"}
                        word={isOver ? `over ${lasting(budgetMs)}` : lasting(budgetMs)}
                      />
                    )}
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
