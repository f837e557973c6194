import type { Answer } from "@atoll/contract/types";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { PlanItems } from "../parts/plan-items.tsx";

/** One line of what visitors got, get, or could get. */
export type Deployment = Answer<"listDeployments">["items"][number];

/** What can be done with a deployment. */
export type Deed = "redeploy" | "rollback" | "promote";

/** What each deed is called, asks and means. */
export const deeds: Record<Deed, { title: string; does: string; says: string }> = {
  redeploy: {
    title: "Build it anew?",
    does: "Redeploy",
    says: "The same code is built with the environment of now. Visitors get it when it is built.",
  },
  rollback: {
    title: "Go back to this deployment?",
    does: "Roll back",
    says: "Visitors get it at once. Newer ones, also of later pushes, wait until one is promoted.",
  },
  promote: {
    title: "Promote this deployment?",
    does: "Promote",
    says: "Visitors get it at once, and newer ones follow by themselves again.",
  },
};

interface DeployDialogProps {
  slug: string;
  deed: Deed;
  deployment: Deployment;
  onClose(): void;
  onDo(): void;
}

/** Shows what a deed would do before it is done. */
export function DeployDialog({ slug, deed, deployment, onClose, onDo }: DeployDialogProps) {
  const { title, does, says } = deeds[deed];
  const input = { do: deed, deployment: deployment.id };
  // It asks the host: once.
  const plan = useQuery({
    ...read("planRun", { params: { slug }, body: { kind: "deploy", input } }),
    retry: false,
    gcTime: 0,
  });
  const isReady = plan.data?.items.every((item) => item.does !== "blocked") ?? false;
  return (
    <Modal opened onClose={onClose} size="lg" title={title} closeButtonProps={{ "aria-label": "Close" }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onDo();
        }}
      >
        <Stack gap="md">
          <Text size="sm">{says} When the site does not answer then, it is taken back.</Text>
          <Load query={plan} lines={3} lineHeight={36}>
            {({ items }) => (
              <PlanItems label="What it would do" items={items.filter((item) => item.does !== "keep")} />
            )}
          </Load>
          <Group justify="flex-end">
            <Button type="submit" disabled={!isReady}>
              {does}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
