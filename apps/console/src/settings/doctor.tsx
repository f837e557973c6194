import { Button, Title } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { isAtLeast, reasonOfRole } from "../rules/reasons.ts";

/** Checks every provider account, read-only. */
export function Doctor() {
  const role = useRole();
  const mayLook = isAtLeast(role, "operator");
  const query = useQuery({
    ...read("runDoctor", { query: {} }),
    enabled: mayLook,
    staleTime: 60_000,
    retry: false,
  });
  return (
    <Section
      title="Doctor"
      intro={
        mayLook
          ? "Every provider account, looked at without changing anything."
          : reasonOfRole(role, "operator")
      }
      actions={
        mayLook && (
          <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
            Look again
          </Button>
        )
      }
    >
      {mayLook && (
        <Load query={query} lines={5} lineHeight={50}>
          {({ items }) => {
            const groups = [...Map.groupBy(items, (each) => each.environment)];
            return groups.map(([environment, found]) => (
              <div key={environment}>
                {groups.length > 1 && (
                  <Title order={3} size="h5" mt="md" mb={6}>
                    {environment}
                  </Title>
                )}
                <Rows
                  label={groups.length > 1 ? `Doctor: ${environment}` : "Doctor"}
                  columns="130px minmax(0, 1fr) 24px"
                >
                  {found.map(({ provider, subject, ok, what, next }, index) => (
                    <li key={`${index} ${subject}`} className={rows.row}>
                      <span className={`${rows.main} ${rows.wide}`}>{provider}</span>
                      <span style={{ overflowWrap: "anywhere" }}>
                        {subject}: {what}
                        {next !== undefined && <span className={rows.faint}> {next}</span>}
                      </span>
                      <span className={rows.end}>
                        {ok ? (
                          <IconCheck size={17} aria-label="well" color="var(--good)" />
                        ) : (
                          <IconAlertTriangle size={17} aria-label="not well" color="var(--bad)" />
                        )}
                      </span>
                    </li>
                  ))}
                </Rows>
              </div>
            ));
          }}
        </Load>
      )}
    </Section>
  );
}
