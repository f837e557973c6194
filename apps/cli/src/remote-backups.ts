import type { Client } from "@atoll/contract/client";
import type { Desk } from "./desk.ts";

/** Backups by a running hub's API. Who does it is what the API key says. */
export function remoteBackups(call: Client["call"]): Desk["backups"] {
  return {
    list: ({ state, ...query }) =>
      call("listBackups", { query: { ...query, ...(state && { state: state.join(",") }) } }),
    show: (slug) => call("showBackups", { params: { slug } }),
    check: (id) => call("checkBackup", { params: { id }, body: {} }),
    remove: ({ backup: id, confirm, force }) =>
      call("removeBackup", { params: { id }, body: { confirm, ...(force && { force }) } }),
    restoreAs: ({ backup: id, slug, answers, environment }) =>
      call("restoreAs", { params: { id }, body: { slug, answers, environment } }),
    restores: async () => (await call("listRestores", {})).items,
    drive: async () => {}, // the hub does
  };
}
