import type { backupRoutes } from "@atoll/contract/routes/backups";
import type { Handlers } from "../context.ts";

/** Backups: what there is, whether it is whole, and a new instance made of one. */
export const backupHandlers: Handlers<keyof typeof backupRoutes> = {
  listBackups: ({ query }, { hub }) => hub.runtime.backups.list(query),

  showBackups: ({ params: { slug } }, { hub }) => hub.runtime.backups.show(slug),

  async checkBackup({ params: { id } }, call) {
    await call.act({ action: "backup.check", subject: `backup/${id}` }, async () => {});
    return call.hub.runtime.backups.check(id);
  },

  removeBackup: ({ params: { id }, body }, call) =>
    call.hub.runtime.backups.remove({ backup: id, by: call.actor, ...body }),

  restoreAs: ({ params: { id }, body }, call) =>
    call.hub.runtime.backups.restoreAs({ backup: id, by: call.actor, ...body }),

  listRestores: async (_, { hub }) => ({ items: await hub.runtime.backups.restores() }),
};
