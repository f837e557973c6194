import type { Action } from "@atoll/core/resource";
import type { MailIn, MailOut } from "@atoll/email/send";
import type { Store } from "../store/store.ts";

/** Whether an instance is made to take in a backup: its people know their passwords already. */
export async function isMadeOfBackup(store: Store, instanceId: string): Promise<boolean> {
  const row = await store
    .selectFrom("restores")
    .select("id")
    .where("instance_id", "=", instanceId)
    .executeTakeFirst();
  return row !== undefined;
}

/** The sending of mails, but for welcomes to instances that are made of a backup: their first password is never used. */
export function sendUnlessRestored(
  sending: Action<MailIn, MailOut>,
  isRestored: (instanceId: string) => Promise<boolean>,
): Action<MailIn, MailOut> {
  return {
    ...sending,
    async run(job) {
      const [what, instanceId] = job.key.split("/");
      if (what === "welcome" && instanceId !== undefined && (await isRestored(instanceId)))
        return { messageId: "not sent: restored from a backup" };
      return sending.run(job);
    },
  };
}
