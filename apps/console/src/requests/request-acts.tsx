import type { Request } from "@atoll/contract/schemas/request";
import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { ButtonLink } from "../parts/links.tsx";
import { Problem } from "../parts/problem.tsx";
import { reasonOfRequest } from "../rules/reasons.ts";
import { Provision } from "./provision.tsx";

type Asks = "approve" | "retry" | "reject" | "withdraw" | undefined;

/** Approve, reject, retry, withdraw. */
export function RequestActs({ request }: { request: Request }) {
  const role = useRole();
  const [asks, setAsks] = useState<Asks>();
  const close = () => setAsks(undefined);
  const params = { id: request.id };
  const withdraw = useAct("withdrawRequest", { said: "Withdrawn.", onDone: close });
  const reason = (act: "approve" | "reject" | "retry" | "withdraw") =>
    reasonOfRequest(act, request.state, role);
  const isOpen = request.state === "pending";
  return (
    <>
      {(isOpen || request.state === "failed") && (
        <ActButton
          variant="subtle"
          color="gray"
          reason={reason("withdraw")}
          onClick={() => setAsks("withdraw")}
        >
          Withdraw
        </ActButton>
      )}
      {isOpen && (
        <ActButton variant="default" reason={reason("reject")} onClick={() => setAsks("reject")}>
          Reject
        </ActButton>
      )}
      {request.state === "failed" && (
        <ActButton reason={reason("retry")} onClick={() => setAsks("retry")}>
          Retry
        </ActButton>
      )}
      {isOpen && (
        <ActButton reason={reason("approve")} onClick={() => setAsks("approve")}>
          Approve
        </ActButton>
      )}
      {request.state === "deployed" && request.instance !== undefined && (
        <ButtonLink to="/instances/$slug" params={{ slug: request.instance }} variant="default">
          Show the instance
        </ButtonLink>
      )}
      <Provision request={request} act="approve" opened={asks === "approve"} onClose={close} />
      <Provision request={request} act="retry" opened={asks === "retry"} onClose={close} />
      <Reject request={request} opened={asks === "reject"} onClose={close} />
      <Confirm
        opened={asks === "withdraw"}
        onClose={close}
        title="Withdraw this request?"
        does="Withdraw"
        isPending={withdraw.isPending}
        error={withdraw.error}
        onConfirm={() => withdraw.mutate({ params })}
      >
        It ends here, in the asker's name. They can ask anew.
      </Confirm>
    </>
  );
}

interface DialogProps {
  request: Request;
  opened: boolean;
  onClose(): void;
}

function Reject({ request, opened, onClose }: DialogProps) {
  const [reason, setReason] = useState("");
  const reject = useAct("rejectRequest", { said: "Rejected; the asker is told.", onDone: onClose });
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Reject ${request.name}?`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          reject.mutate({ params: { id: request.id }, body: { reason } });
        }}
      >
        <Stack gap="md">
          <Textarea
            label="Reason"
            description="The asker reads these words in a mail and on their page."
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            autosize
            minRows={3}
            maxLength={2000}
            required
            withAsterisk={false}
            data-autofocus
          />
          <Problem error={reject.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Keep it
            </Button>
            <Button type="submit" color="red.9" loading={reject.isPending} disabled={reason.trim() === ""}>
              Reject
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
