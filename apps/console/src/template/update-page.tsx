import type { TemplateTarget, TemplateUpdate } from "@atoll/contract/schemas/deployments";
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { OutLink, TextLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Problem, Saying } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import { targetWords } from "../rollouts/words.ts";
import { reasonOfRollout } from "../rules/reasons.ts";

const route = getRouteApi("/console/template/$id");

/** One update of the template: its waves, and each instance's pull request. */
export function UpdatePage() {
  const { id } = route.useParams();
  const query = useQuery({ ...read("showTemplateUpdate", { params: { id } }), refetchInterval: 2_000 });
  const targets = useQuery({
    ...read("listTemplateTargets", { params: { id }, query: { limit: 500 } }),
    refetchInterval: 3_000,
  });
  const { data: update } = query;
  return (
    <Page
      title={update ? `Template ${update.commit.slice(0, 7)}` : id}
      beside={update && <State state={update.state} />}
      above={
        <TextLink to="/template" size="sm">
          Template
        </TextLink>
      }
      intro={
        update && (
          <>
            Begun by {update.by} <When at={update.createdAt} />
            {update.merge ? ", merging by itself" : ", merged by people"}
          </>
        )
      }
      actions={update && <Acts update={update} />}
    >
      <Load query={query} lines={3}>
        {(shown) => (
          <>
            {shown.why !== undefined && <Saying live={false} what={shown.why} next={shown.next} />}
            {shown.lacksWorker && (
              <Saying
                live={false}
                what={`No worker of the environment "${shown.environment}" is there.`}
                next="It goes on when one is."
              />
            )}
            <Section title="Waves" intro={`It stops when more than ${shown.mayFail} fail.`}>
              <Rows label="Waves" columns="120px minmax(0, 1fr)">
                {shown.waves.map(({ wave, targets: all, done, failed }) => (
                  <li key={wave} className={rows.row} aria-current={wave === shown.wave ? "step" : undefined}>
                    <span className={rows.main}>{wave === 0 ? "Canary" : `Wave ${wave}`}</span>
                    <span className={rows.faint}>
                      {done} of {all} through{failed > 0 && `, ${failed} failed`}
                    </span>
                  </li>
                ))}
              </Rows>
            </Section>
          </>
        )}
      </Load>
      <Section title="Instances">
        <Load query={targets} lines={4}>
          {({ items }) => (
            <Rows
              label="Instances"
              columns="minmax(0, 1.5fr) 90px 130px minmax(0, 1fr)"
              heads={["Instance", "Wave", "State", "Pull request"]}
            >
              {items.map((target) => (
                <Target key={target.instance} target={target} />
              ))}
            </Rows>
          )}
        </Load>
      </Section>
    </Page>
  );
}

function Target({ target }: { target: TemplateTarget }) {
  const { instance, wave, state, said, pull, conflicts, fault } = target;
  return (
    <li className={rows.row}>
      <span>
        <TextLink to="/instances/$slug" params={{ slug: instance }} search={{ tab: "deployments" }} fw={600}>
          {instance}
        </TextLink>
        <span className={rows.minor}>{fault?.what ?? said}</span>
        {fault !== undefined && <span className={rows.minor}>{fault.next}</span>}
        {conflicts.map(({ path, why }) => (
          <Text key={path} size="xs" c="dimmed">
            {path}: {why}
          </Text>
        ))}
      </span>
      <span className={`${rows.faint} ${rows.wide}`}>{wave === 0 ? "canary" : `wave ${wave}`}</span>
      <State state={state} word={targetWords[state]} />
      <span className={rows.faint}>{pull !== undefined && <OutLink href={pull.url} />}</span>
    </li>
  );
}

function Acts({ update }: { update: TemplateUpdate }) {
  const role = useRole();
  const input = { params: { id: update.id } };
  const pause = useAct("pauseTemplateUpdate", { said: "Paused." });
  const resume = useAct("resumeTemplateUpdate", { said: "It goes on; what failed is tried again." });
  const approve = useAct("approveTemplateUpdate", { said: "The next wave begins." });
  const stop = useAct("stopTemplateUpdate", { said: "Stopped; pull requests stay as they are." });
  const acts = [
    ["pause", "Pause", pause],
    ["stop", "Stop", stop],
    ["resume", "Resume", resume],
    ...(update.approve ? [["approve", "Approve next wave", approve] as const] : []),
  ] as const;
  return (
    <>
      {acts.map(([act, word, { mutate, isPending }]) => (
        <ActButton
          key={act}
          variant="default"
          reason={reasonOfRollout(act, update, role)}
          loading={isPending}
          onClick={() => mutate(input)}
        >
          {word}
        </ActButton>
      ))}
      <Problem error={pause.error ?? resume.error ?? approve.error ?? stop.error} />
    </>
  );
}
