import type { Role } from "@atoll/contract/schemas/account";
import type { InstanceState } from "@atoll/core/states";
import { type Reason, reasonOfRole } from "../rules/reasons.ts";

const from: Record<"export" | "import", readonly InstanceState[]> = {
  export: ["live", "paused", "failed"],
  import: ["live", "paused"],
};

/** Why an instance cannot be exported, or filled from an archive. */
export function reasonOfExport(act: "export" | "import", state: InstanceState, role: Role): Reason {
  if (!from[act].includes(state)) return `It is ${state}: this starts from ${from[act].join(", ")}.`;
  return reasonOfRole(role, "operator");
}
