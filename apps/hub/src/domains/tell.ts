import { sql } from "kysely";
import type { Letters } from "../services/letters.ts";
import { post } from "../services/outbox.ts";
import { listOwners } from "../services/owners.ts";
import { record } from "../store/audit.ts";
import { readSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";

interface Telling {
  letters: Letters;
  /** Where people reach the hub, without a slash at the end. */
  baseUrl: string;
}

/** Tells once of each domain that broke, and once when it works again. */
export async function tellOfDomains(store: Store, { letters, baseUrl }: Telling): Promise<void> {
  const news = await store
    .selectFrom("domains")
    .select(["host", "subdomain", "state", "broken_at", "certificate", "problem"])
    .where("site_id", "is not", null)
    .where(
      sql<boolean>`((state = 'broken' and told_at is null) or (state = 'live' and misses = 0 and told_at is not null))`,
    )
    .execute();
  for (const { host, subdomain, state, certificate, problem } of news)
    await store.transaction().execute(async (tx) => {
      const isBroken = state === "broken";
      const mine = await tx
        .updateTable("domains")
        .set({ told_at: isBroken ? sql<Date>`clock_timestamp()` : null })
        .where("host", "=", host)
        .where("state", "=", state)
        .where("told_at", isBroken ? "is" : "is not", null)
        .returning(sql<string>`clock_timestamp()::text`.as("at"))
        .executeTakeFirst();
      if (mine === undefined) return; // told by another process
      await record(tx, {
        actor: "hub",
        action: isBroken ? "domain.broken" : "domain.healed",
        subject: `instance/${subdomain}`,
        details: { domain: host },
      });
      const about = {
        of: host,
        url: `${baseUrl}/instances/${encodeURIComponent(subdomain)}?tab=domains`,
      };
      const letter = isBroken
        ? letters.incidentOpened({
            ...about,
            what:
              problem?.what ??
              (certificate?.state === "failed"
                ? `The certificate of ${host} has ended, and no newer one came.`
                : `The DNS of ${host} does not lead to the site of ${subdomain} any more.`),
            next: "Set its DNS records as the instance's page shows them: it heals by itself then. Or remove the domain.",
          })
        : letters.incidentClosed({
            ...about,
            what: `${host} leads to the site of ${subdomain} again.`,
            ending: "Its DNS and its certificate are in order.",
          });
      const { value: settings } = await readSettings(tx);
      const to = settings.alertTo.length > 0 ? settings.alertTo : await listOwners(tx);
      for (const each of to) await post(tx, `domain/${host}/${state}/${mine.at}/${each}`, each, letter);
    });
}
