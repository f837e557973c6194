import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { vault, vaultChange, vaultEntry } from "../schemas/vault.ts";

const tag = "Vault";
const path = "/api/instances/:slug/vault";
const params = z.object({ slug: z.string().max(60) });
const ofKey = params.extend({ key: z.string().max(100) });

/** The vault of an instance, as the hub left it and as it stands there. */
export const vaultRoutes = {
  readVault: route({
    method: "get",
    path,
    access: "viewer",
    tag,
    summary: "All keys, compared with the instance; secrets have no value",
    params,
    answer: vault,
  }),
  setVaultKey: route({
    method: "put",
    path: `${path}/:key`,
    access: "operator",
    tag,
    summary: "Set a key; what was changed in the instance meanwhile is not lost (409 with both sides)",
    params: ofKey,
    body: vaultChange,
    answer: vaultEntry,
  }),
  removeVaultKey: route({
    method: "delete",
    path: `${path}/:key`,
    access: "operator",
    tag,
    summary: "Remove a key",
    params: ofKey,
    query: z.object({ seen: z.string().max(40).optional() }),
  }),
  settleVaultKey: route({
    method: "post",
    path: `${path}/:key/settle`,
    access: "operator",
    tag,
    summary: "Say which side of a key wins",
    params: ofKey,
    body: z.object({
      take: z
        .enum(["instance", "hub"])
        .describe("`hub` puts ours back; a secret has to be set anew instead."),
      seen: z.string().max(40),
    }),
    answer: vaultEntry,
  }),
  showFiles: route({
    method: "get",
    path: "/api/instances/:slug/files",
    access: "operator",
    tag: "Instances",
    summary: "Files for doing it by hand: answers, vault and registry; without secrets",
    params,
    answer: z.object({ files: z.array(z.object({ path: z.string(), text: z.string() })) }),
  }),
} as const;
