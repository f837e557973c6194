import { checked, emailText, form, oneOf, personText, refuse } from "@atoll/blueprint-kit/asking";
import { z } from "zod";

const deeds = ["invite", "resend", "revoke", "role", "remove"] as const;

/** What can be done with a team. */
type Deed = (typeof deeds)[number];

/** What a run of kind `team` was asked for: JSON without secrets. */
export interface Asked {
  do: Deed;
  /** In small letters. */
  email: string;
  /** With `invite` and `role`. */
  role?: string;
  /** With `invite`: how the person is called. */
  name?: string;
  /** With roles that mean something only beside a row: its id. */
  of?: string;
}

const fields = form({
  do: oneOf("deed of a team", deeds),
  email: emailText(),
  role: z
    .string("has to be text")
    .regex(/^[a-z][a-z0-9_-]{0,39}$/, "is no role")
    .optional(),
  name: personText(120).optional(),
  of: z.uuid("is no id").optional(),
});

/** Checks what was asked for, whatever was typed. Throws a fault that names the field. */
export function askedIn(given: unknown): Asked {
  const { do: deed, email, role, name, of } = checked(fields, given);
  const takesRole = deed === "invite" || deed === "role";
  if (takesRole && role === undefined) refuse([{ field: "role", what: "is missing" }]);
  if (!takesRole && role !== undefined) refuse([{ field: "role", what: `does not go with "${deed}"` }]);
  if (!takesRole && of !== undefined) refuse([{ field: "of", what: `does not go with "${deed}"` }]);
  if (deed !== "invite" && name !== undefined)
    refuse([{ field: "name", what: `does not go with "${deed}"` }]);
  return {
    do: deed,
    email,
    ...(role !== undefined && { role }),
    ...(name !== undefined && { name }),
    ...(of !== undefined && { of }),
  };
}
