import type { RouteName } from "@atoll/contract/routes";
import type { Answer, Input } from "@atoll/contract/types";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { hub, newKey } from "./client.ts";

// Each asks every provider: read again only when somebody presses a button.
const slow = new Set([
  "planRequest",
  "planInstance",
  "planChange",
  "runDoctor",
  "checkHealth",
  "checkDrift",
  "verifyAudit",
  "schemaDrift",
  "rehearseSchema",
  "sweep",
]);

interface ActOptions<Name extends RouteName> {
  /** What is said when it is done. */
  said?: string;
  onDone?: (answer: Answer<Name>) => void;
}

/** Does something by a route that writes; afterwards everything on the page is read again. */
export function useAct<Name extends RouteName>(name: Name, { said, onDone }: ActOptions<Name> = {}) {
  const queries = useQueryClient();
  return useMutation<Answer<Name>, Error, Input<Name>>({
    mutationKey: [name],
    mutationFn: (input) => hub.call(name, input, { idempotencyKey: newKey() }),
    onSuccess: (answer) => {
      if (said !== undefined) notifications.show({ message: said, autoClose: 4_000 });
      onDone?.(answer);
    },
    onSettled: () =>
      queries.invalidateQueries({ predicate: ({ queryKey }) => !slow.has(String(queryKey[0])) }),
  });
}
