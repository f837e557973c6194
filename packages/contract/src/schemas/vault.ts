import { z } from "@hono/zod-openapi";

/** What a value of the vault may be. */
export const vaultTypes = ["text", "number", "boolean", "json", "coordinates", "url", "email"] as const;

/**
 * How the two sides of a key stand: the same; changed, or removed, in the instance; changed here and not there yet;
 * in the instance only.
 */
const vaultStates = ["same", "changed-there", "removed-there", "changed-here", "unknown-here"] as const;

const side = z.object({
  type: z.enum(vaultTypes).optional().describe("Absent where the key was removed."),
  secret: z.boolean().optional().describe("Absent where the key was removed."),
  value: z.unknown().optional().describe("Of a public key; a secret is never shown."),
  by: z.string().describe("Who set it last."),
  at: z.string().describe("When, as ISO 8601."),
});

export const vaultEntry = z
  .object({
    key: z.string(),
    secret: z.boolean().describe("Secret on either side."),
    state: z.enum(vaultStates),
    here: side
      .optional()
      .describe("What the hub wrote last, or the answers gave; absent = the hub knows no such key."),
    there: side.optional().describe("What stands in the instance now."),
    seen: z
      .string()
      .describe("Send it with a change: it is refused when the instance's row is another one by then."),
  })
  .openapi("VaultEntry");

export const vault = z.object({ items: z.array(vaultEntry) }).openapi("Vault");

export const vaultChange = z
  .object({
    value: z.unknown(),
    type: z.enum(vaultTypes).optional().describe("Default: the one that it has, else `text`."),
    secret: z.boolean().optional().describe("Default: as it was; a new key is secret."),
    seen: z
      .string()
      .max(40)
      .optional()
      .describe(
        "What the answer said. Without it a key that was changed in the instance is left alone (409).",
      ),
  })
  .openapi("VaultChange");

export type VaultEntry = z.infer<typeof vaultEntry>;
export type VaultChange = z.infer<typeof vaultChange>;
export type VaultSide = z.infer<typeof side>;
