import { checked, form, oneOf } from "@atoll/blueprint-kit/asking";
import { z } from "zod";

const deeds = ["redeploy", "rollback", "promote"] as const;

/** What a run of kind `deploy` was asked for: JSON without secrets. */
export interface DeployAsked {
  do: (typeof deeds)[number];
  /** The host's id of a deployment; absent = the one that stands nearest. */
  deployment?: string;
}

const fields = form({
  do: oneOf("deed of a deployment", deeds),
  deployment: z
    .string("has to be text")
    .regex(/^[A-Za-z0-9_-]{1,80}$/, "is no id of a deployment")
    .optional(),
});

/** Checks what was asked for, whatever was typed. Throws a fault that names the field. */
export function deployAskedIn(given: unknown): DeployAsked {
  const { do: deed, deployment } = checked(fields, given);
  return { do: deed, ...(deployment !== undefined && { deployment }) };
}
