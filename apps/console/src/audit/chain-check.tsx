import { Button, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { Problem, Saying } from "../parts/problem.tsx";

/** Counts every hash again, when somebody presses the button. */
export function ChainCheck() {
  const { data, error, isFetching, refetch } = useQuery({
    ...read("verifyAudit", {}),
    enabled: false,
    retry: false,
  });
  return (
    <>
      <span aria-live="polite">
        {data?.ok && (
          <Text span size="sm" c="dimmed">
            <IconCheck size={15} aria-hidden style={{ verticalAlign: "-2px", color: "var(--good)" }} /> Whole:{" "}
            {data.rows.toLocaleString("en")} rows
          </Text>
        )}
        {data && !data.ok && (
          <Saying
            what={data.what}
            next={
              data.brokenAt === undefined
                ? "Look into the database's own log."
                : `Look at row ${data.brokenAt}.`
            }
          />
        )}
        <Problem error={error} />
      </span>
      <Button variant="default" loading={isFetching} onClick={() => void refetch()}>
        Is it whole?
      </Button>
    </>
  );
}
