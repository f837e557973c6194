import type { Rollout } from "@atoll/contract/schemas/fleet";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { read } from "../hub/read.ts";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import { Facts } from "../parts/facts.tsx";
import { TextLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Saying } from "../parts/problem.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import { RolloutActs } from "./rollout-acts.tsx";
import { Targets } from "./targets.tsx";
import { isActive, isOpen } from "./waves.ts";
import { Waves } from "./waves.tsx";

const route = getRouteApi("/console/rollouts/$id");

/** One rollout: live while it goes on, with what holds it and what to do about that. */
export function RolloutPage() {
  const { id } = route.useParams();
  const { state } = route.useSearch();
  const navigate = useNavigate({ from: "/rollouts/$id" });
  const queries = useQueryClient();
  const query = useQuery({
    ...read("showRollout", { params: { id } }),
    refetchInterval: ({ state: { data } }) =>
      data === undefined || isActive(data) ? 1_000 : isOpen(data) ? 5_000 : 30_000,
  });
  const { data: rollout } = query;
  const goesOn = rollout && isActive(rollout);
  useEffect(() => {
    // What happened last is in no list that was read while it still went on.
    if (goesOn === false) void queries.invalidateQueries({ queryKey: ["listRolloutTargets"] });
  }, [goesOn, queries]);
  return (
    <Page
      title={rollout ? `${rollout.blueprint} to version ${rollout.toVersion}` : id}
      beside={rollout && <State state={rollout.state} />}
      above={
        <TextLink to="/schema" size="sm">
          Schema
        </TextLink>
      }
      intro={
        rollout && (
          <>
            Begun by {rollout.by} <When at={rollout.createdAt} />
            <EnvironmentMark environment={rollout.environment} />
          </>
        )
      }
      actions={rollout && <RolloutActs rollout={rollout} />}
    >
      <Load query={query} lines={6}>
        {(shown) => (
          <>
            <Why rollout={shown} />
            <Section title="Waves" intro={carefully(shown)}>
              <Waves rollout={shown} />
            </Section>
            <Numbers rollout={shown} />
            <Targets
              rollout={shown}
              state={state}
              onChoose={(chosen) => void navigate({ search: { state: chosen }, replace: true })}
            />
          </>
        )}
      </Load>
    </Page>
  );
}

function carefully({ mayFail, errorBudget, approve, waves }: Rollout): string {
  const canary = waves.some(({ wave }) => wave === 0) && mayFail > 0 ? "the canary fails, or when " : "";
  const others = mayFail === 0 ? "one of them fails" : `more than ${mayFail} fail (${errorBudget} %)`;
  return `It stops when ${canary}${others}.${approve ? " Each wave waits for somebody's approval." : ""}`;
}

function Why({ rollout }: { rollout: Rollout }) {
  const { why, next, lacksWorker, environment } = rollout;
  if (why !== undefined) return <Saying live={false} what={why} next={next} />;
  if (!lacksWorker) return null;
  return (
    <Saying
      live={false}
      what={`No worker of the environment "${environment}" is there.`}
      next="It goes on when one is."
    />
  );
}

function Numbers({ rollout: { counts, startedAt, endedAt } }: { rollout: Rollout }) {
  return (
    <Facts
      facts={[
        ["Done", counts.done],
        ["Under way", counts.running],
        ["To come", counts.pending],
        ["Waits for another try", counts.waiting > 0 ? counts.waiting : undefined],
        ["Failed", counts.failed],
        ["Left behind", counts.leftBehind > 0 ? counts.leftBehind : undefined],
        ["Started", <When key="started" at={startedAt} />],
        ["Ended", endedAt === undefined ? undefined : <When key="ended" at={endedAt} />],
      ]}
    />
  );
}
