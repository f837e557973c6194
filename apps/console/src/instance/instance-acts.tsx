import { Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Load } from "../parts/load.tsx";
import { PlanView } from "../parts/plan-view.tsx";
import { Problem } from "../parts/problem.tsx";
import { reasonOfInstance } from "../rules/reasons.ts";
import { DestroyDialog } from "./destroy-dialog.tsx";
import type { InstanceDetails } from "./details.ts";
import { InstanceMenu, type MenuAct } from "./instance-menu.tsx";
import { OperationDialog } from "./operation-dialog.tsx";

type Asks = "update" | "repair" | MenuAct;

/** Update and repair; in a menu what is rarer: pause, resume, archive, destroy. Each shows first what it would do. */
export function InstanceActs({ instance }: { instance: InstanceDetails }) {
  const role = useRole();
  const navigate = useNavigate();
  const [asks, setAsks] = useState<Asks>();
  const close = () => setAsks(undefined);
  const start = useAct("startRun", {
    onDone: (run) => {
      close();
      void navigate({ to: "/runs/$id", params: { id: run.id } });
    },
  });
  const { slug, state } = instance;
  const ask = (act: Asks) => {
    start.reset();
    setAsks(act);
  };
  const begin = (body: Parameters<typeof start.mutate>[0]["body"]) =>
    start.mutate({ params: { slug }, body });
  const reason = (act: Asks) => reasonOfInstance(act, state, role);
  if (state === "removed") return null;
  const dialog = { slug, onClose: close, start, begin };
  return (
    <>
      <InstanceMenu reasonOf={reason} onAsk={ask} />
      <ActButton variant="default" reason={reason("repair")} onClick={() => ask("repair")}>
        Repair
      </ActButton>
      {state === "paused" ? (
        <ActButton reason={reason("resume")} onClick={() => ask("resume")}>
          Resume
        </ActButton>
      ) : (
        <ActButton reason={reason("update")} onClick={() => ask("update")}>
          Update
        </ActButton>
      )}
      <Modal
        opened={asks === "update" || asks === "repair"}
        onClose={close}
        size="lg"
        title={asks === "repair" ? `Repair ${slug}?` : `Update ${slug}?`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Stack gap="md">
          <Text size="sm">
            {asks === "repair"
              ? "Brings back what was changed or lost behind our back."
              : "Brings it to what its blueprint says today."}
          </Text>
          <InstancePlan slug={slug} />
          <Problem error={start.error} />
          <Group justify="flex-end">
            <ActButton
              loading={start.isPending}
              onClick={() => (asks === "update" || asks === "repair") && begin({ kind: asks })}
            >
              {asks === "repair" ? "Repair" : "Update"}
            </ActButton>
          </Group>
        </Stack>
      </Modal>
      {(asks === "pause" || asks === "resume" || asks === "archive") && (
        <OperationDialog key={asks} kind={asks} {...dialog} />
      )}
      {asks === "destroy" && <DestroyDialog role={role} {...dialog} />}
    </>
  );
}

function InstancePlan({ slug }: { slug: string }) {
  // It asks every provider: once each time that the dialog opens.
  const query = useQuery({ ...read("planInstance", { params: { slug } }), retry: false, gcTime: 0 });
  return (
    <Load query={query} lines={5} lineHeight={36}>
      {(plan) => <PlanView plan={plan} />}
    </Load>
  );
}
