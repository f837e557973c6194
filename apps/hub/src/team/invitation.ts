import type { Locale } from "@atoll/blueprint-kit/locales";
import { Fault } from "@atoll/core/fault";
import type { Look, Task } from "@atoll/core/operation";
import type { MemberLink } from "@atoll/supabase/members";
import { sql, type Transaction } from "kysely";
import type { OperationDesk } from "../operations/desk.ts";
import { post, sendNow } from "../services/outbox.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import type { Asked } from "./asked.ts";
import { findMember, type Member } from "./members.ts";
import type { TeamPlace } from "./place.ts";

/** Mails with invitations that an instance's team gets in an hour, and one address among them. */
const perHour = { instance: 30, address: 5 };
// With the waits of the outbox: a quarter of a minute. Who asked is told, and asks again.
const mostTries = 4;

/** What a run on a team works with, and its mail is made of. */
export interface InvitationMail {
  desk: OperationDesk;
  place: TeamPlace;
  asked: Asked;
  run: string;
  instanceId: string;
  /** How the client is called, and the language of its people. */
  client: string;
  locale: Locale;
  /** The site, without a slash at the end; undefined while it has none. */
  url: string | undefined;
}

const keysOf = (instanceId: string) => `team/${instanceId}/`;

/** Refuses one more mail where many went out within the hour: those that wait count. */
export async function mustBeWithinLimits({ desk, place, asked, instanceId }: InvitationMail): Promise<void> {
  const { rows } = await sql<{ of: number; to: number; free: Date | null; free_to: Date | null }>`
    select count(*)::int as of, (count(*) filter (where recipient = ${asked.email}))::int as to,
      min(coalesce(sent_at, due_at)) + interval '1 hour' as free,
      min(coalesce(sent_at, due_at)) filter (where recipient = ${asked.email}) + interval '1 hour' as free_to
    from atoll.outbox where starts_with(key, ${keysOf(instanceId)})
      and (sent_at is null or sent_at > clock_timestamp() - interval '1 hour')`.execute(desk.store);
  const [found] = rows;
  if (found === undefined) return;
  const isFull = found.of >= perHour.instance;
  if (!isFull && found.to < perHour.address) return;
  const at = (isFull ? found.free : found.free_to)?.toISOString().slice(11, 16);
  throw new Fault("rejected", {
    what: isFull
      ? `"${place.slug}" has sent ${found.of} invitations within the last hour, and no more than ${perHour.instance} may go.`
      : `${asked.email} has got ${found.to} mails with links within the last hour, and no more than ${perHour.address} may go.`,
    next: `Wait${at === undefined ? "" : ` until ${at} UTC`}, then ask again.`,
    field: "email",
  });
}

/** The task that mails a one-time link to somebody whose account is there by then: once for each run. */
export function invitationTask(mail: InvitationMail, needs: string[]): Task {
  const { desk, place, asked, run, instanceId } = mail;
  const key = `${keysOf(instanceId)}${run}`;
  const find = () => place.database((session) => findMember(session, place.team, asked.email));
  return {
    step: "invitation",
    kind: "team.invitation",
    name: asked.email,
    needs,

    async look(): Promise<Look> {
      const known = await posted(desk.store, key);
      if (known?.sent_at) return { is: "done", note: { sentAt: known.sent_at.toISOString() } };
      if (known && known.attempts >= mostTries) throw refused(asked.email, known.problem);
      if (known && known.in_ms > 0)
        return { is: "wait", why: known.problem ?? "it is not due yet", retryInMs: known.in_ms };
      if (known === undefined) {
        const member = await find();
        if (needsNoMail(member, asked, run)) return { is: "done" };
        if (mail.url === undefined) throw noSite(place.slug);
        await mustBeWithinLimits(mail);
      }
      return { is: "todo", does: "send", says: `mails a link to ${asked.email}` };
    },

    async act({ stillOurs }) {
      if ((await posted(desk.store, key)) === undefined) await write(await find());
      await stillOurs();
      await sendNow(desk.store, desk.accounts.transport, key);
    },

    async undo() {
      await desk.store.deleteFrom("outbox").where("key", "=", key).where("sent_at", "is", null).execute();
    },
  };

  /** Makes the link and puts the mail into the outbox: what stands there is sent once, whoever dies. */
  async function write(member: Member | undefined): Promise<void> {
    if (member === undefined) throw gone(asked.email);
    if (mail.url === undefined) throw noSite(place.slug);
    const link = await place.members.link(place.ref, member);
    // Only here: it brings React along, which no other run needs.
    const { letters } = await import("../mails/letters.ts");
    const letter = letters.teamInvitation({
      locale: mail.locale,
      client: mail.client,
      role: member.role || member.given,
      isNew: !member.joined,
      url: addressOf(`${mail.url}${place.team.joinPath}`, link),
    });
    await desk.store.transaction().execute(async (tx) => {
      // Their links have ended with the one that was just made.
      await dropWaiting(tx, instanceId, asked.email);
      await post(tx, key, asked.email, letter);
    });
  }
}

// Behind a "#": no server, no log and no referrer gets to see it before somebody presses the page's button.
const addressOf = (page: string, { tokenHash, type }: MemberLink) =>
  `${page}#${new URLSearchParams({ token_hash: tokenHash.expose(), type })}`;

/** Somebody who has joined and had the role before this run. */
const needsNoMail = (member: Member | undefined, asked: Asked, run: string) =>
  asked.do === "invite" && member?.joined === true && member.given === asked.role && member.mark?.run !== run;

async function posted(store: Store, key: string) {
  return store
    .selectFrom("outbox")
    .select(["sent_at", "attempts", "problem"])
    .select(sql<number>`greatest(0, extract(epoch from due_at - clock_timestamp()) * 1000)::int`.as("in_ms"))
    .where("key", "=", key)
    .executeTakeFirst();
}

/** Mails of an instance's team that wait for this address are not sent any more: their links are dead. */
export async function dropWaiting(
  store: Store | Transaction<Tables>,
  instanceId: string,
  email: string,
): Promise<void> {
  await sql`delete from atoll.outbox where starts_with(key, ${keysOf(instanceId)})
    and recipient = ${email} and sent_at is null`.execute(store);
}

const refused = (email: string, problem: string | null) =>
  new Fault("rejected", {
    what: `The mail to ${email} could not be sent: ${problem ?? "the mail service did not take it."}`,
    next: "`atoll doctor` looks at the mail service; then ask again.",
    field: "email",
  });

const gone = (email: string) =>
  new Fault("rejected", {
    what: `The account of ${email} is gone.`,
    next: "Invite them again.",
    field: "email",
  });

const noSite = (slug: string) =>
  new Fault("rejected", {
    what: `"${slug}" has no address yet where an invitation could be accepted.`,
    next: "Wait until it is live, then ask again.",
    field: "slug",
  });
