import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../hub/read.ts";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import { TextLink } from "../parts/links.tsx";
import { Page } from "../parts/page.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import { RunView } from "../timeline/run-view.tsx";
import { CoolingOff } from "./cooling-off.tsx";
import { RunProof } from "./proof.tsx";
import { RunActs } from "./run-acts.tsx";
import { kindWords } from "./words.ts";

const route = getRouteApi("/console/runs/$id");

/** One run: live while it goes on, its story afterwards. */
export function RunPage() {
  const { id } = route.useParams();
  const { data: run } = useQuery(read("showRun", { params: { id } }));
  const hasProof =
    run !== undefined && (run.kind === "destroy" || run.kind === "archive") && run.state === "succeeded";
  return (
    <Page
      title={run ? `${kindWords[run.kind]} of ${run.instance}` : id}
      beside={run && <State state={run.state} />}
      above={
        <TextLink to="/runs" size="sm">
          Runs
        </TextLink>
      }
      intro={
        run && (
          <>
            No. {run.number} of{" "}
            <TextLink to="/instances/$slug" params={{ slug: run.instance }} inherit>
              {run.instance}
            </TextLink>
            , asked for by {run.by} <When at={run.createdAt} />
            {run.attempt > 1 && `, attempt ${run.attempt}`}
            <EnvironmentMark environment={run.environment} />
          </>
        )
      }
      actions={run && <RunActs run={run} />}
    >
      <Stack gap="xl">
        {run && <CoolingOff run={run} />}
        <RunView id={id} />
        {hasProof && <RunProof id={id} />}
      </Stack>
    </Page>
  );
}
