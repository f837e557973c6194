import { Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Load } from "../parts/load.tsx";
import { PlanView } from "../parts/plan-view.tsx";
import { Problem } from "../parts/problem.tsx";
import { reasonOfInstance } from "../rules/reasons.ts";
import type { InstanceDetails } from "./details.ts";

type Asks = "update" | "repair" | "destroy" | undefined;

/** Update, repair, destroy. */
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
  const ask = (act: Exclude<Asks, undefined>) => {
    start.reset();
    setAsks(act);
  };
  const reason = (act: Exclude<Asks, undefined>) => reasonOfInstance(act, state, role);
  if (state === "removed") return null;
  return (
    <>
      <ActButton variant="subtle" color="red" reason={reason("destroy")} onClick={() => ask("destroy")}>
        Destroy
      </ActButton>
      <ActButton variant="default" reason={reason("repair")} onClick={() => ask("repair")}>
        Repair
      </ActButton>
      <ActButton reason={reason("update")} onClick={() => ask("update")}>
        Update
      </ActButton>
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
              onClick={() => asks && start.mutate({ params: { slug }, body: { kind: asks } })}
            >
              {asks === "repair" ? "Repair" : "Update"}
            </ActButton>
          </Group>
        </Stack>
      </Modal>
      <Confirm
        opened={asks === "destroy"}
        onClose={close}
        title={`Destroy ${slug}?`}
        does="Destroy it"
        typed={slug}
        danger
        isPending={start.isPending}
        error={start.error}
        onConfirm={() => start.mutate({ params: { slug }, body: { kind: "destroy", confirm: slug } })}
      >
        Its database, repository, deployment and automations are removed, with all data in them. This cannot
        be taken back.
      </Confirm>
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
