import type { Request } from "@atoll/contract/schemas/request";
import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../hub/read.ts";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import { Facts, shownAnswer, wordsOf } from "../parts/facts.tsx";
import { OutLink, TextLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Saying } from "../parts/problem.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import { RunView } from "../timeline/run-view.tsx";
import { RequestActs } from "./request-acts.tsx";
import { RequestPlan } from "./request-plan.tsx";

const route = getRouteApi("/console/requests/$id");
const moving = ["approved", "provisioning"];

/** One request: what was answered, what approving would do, and, once approved, the run as it happens. */
export function RequestPage() {
  const { id } = route.useParams();
  const query = useQuery({
    ...read("showRequest", { params: { id } }),
    refetchInterval: ({ state: { data } }) => (data && moving.includes(data.state) ? 1_000 : 10_000),
  });
  const request = query.data;
  return (
    <Page
      title={request?.name ?? "Request"}
      beside={
        request && (
          <>
            <State state={request.state} />
            <EnvironmentMark environment={request.environment} />
          </>
        )
      }
      above={
        <TextLink to="/requests" size="sm">
          Requests
        </TextLink>
      }
      intro={
        request && (
          <>
            {request.email} asked for <strong>{request.slug}</strong> <When at={request.submittedAt} />
            {request.instanceUrl && (
              <>
                . It is at <OutLink href={request.instanceUrl} />
              </>
            )}
          </>
        )
      }
      actions={request && <RequestActs request={request} />}
    >
      <Load query={query} lines={6}>
        {(shown) => <Shown request={shown} />}
      </Load>
    </Page>
  );
}

function Shown({ request }: { request: Request }) {
  const { state, fault, run, reason } = request;
  return (
    <Stack gap="xl">
      {state === "failed" && fault !== undefined && run === undefined && (
        <Saying live={false} what={fault.what} next={fault.next} detail={fault.call} />
      )}
      {state === "rejected" && reason !== undefined && (
        <Saying live={false} what="Rejected, with these words to the asker:" next={reason} />
      )}
      {run !== undefined && (
        <Section
          title="Run"
          actions={
            <TextLink to="/runs/$id" params={{ id: run }} size="sm">
              The run's own page
            </TextLink>
          }
        >
          <RunView id={run} />
        </Section>
      )}
      {state === "pending" && (
        <Section title="What approving does">
          <RequestPlan id={request.id} />
        </Section>
      )}
      <Section title="Answers">
        <Facts
          facts={Object.entries(request.answers).map(([field, value]) => [
            wordsOf(field),
            shownAnswer(value),
          ])}
        />
      </Section>
      <Section title="Facts">
        <RequestFacts request={request} />
      </Section>
    </Stack>
  );
}

function RequestFacts({ request }: { request: Request }) {
  const { instance, instanceUrl, confirmed, confirmedAt, decidedBy, decidedAt, completedAt } = request;
  return (
    <Facts
      facts={[
        ["Blueprint", request.blueprint],
        ["Environment", request.environment],
        ["Language", request.locale],
        [
          "Address confirmed",
          confirmed ? <When at={confirmedAt} /> : "not yet: nobody opened the mail's link",
        ],
        [
          "Decided",
          decidedBy && (
            <>
              {decidedBy}, <When at={decidedAt} />
            </>
          ),
        ],
        ["Ended", completedAt && <When at={completedAt} />],
        [
          "Instance",
          instance && (
            <TextLink to="/instances/$slug" params={{ slug: instance }} inherit>
              {instance}
            </TextLink>
          ),
        ],
        ["Address", instanceUrl && <OutLink href={instanceUrl} />],
        ...Object.entries(request.providerIds).map(
          ([kind, id]) => [kind, <code key={kind}>{id}</code>] as const,
        ),
      ]}
    />
  );
}
