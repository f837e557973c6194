import type { publicRoutes } from "@atoll/contract/routes/public";
import { sql } from "kysely";
import { heldByHand, isHeldByHand } from "../../resolver/by-hand.ts";
import { statusUrl } from "../../services/drive.ts";
import { localeOf } from "../../services/locale.ts";
import { post } from "../../services/outbox.ts";
import { accept, hasOwner } from "../../services/people.ts";
import { lockRequest, submit } from "../../services/requests.ts";
import { readSettings } from "../../store/settings.ts";
import type { Call, Handlers } from "../context.ts";
import { Refusal } from "../refusal.ts";
import { shownPublicRequest } from "./asker.ts";

/** Opens an asker's link; a wrong one is refused without saying more. */
function idOf({ hub }: Call, purpose: string, token: string): string {
  const id = hub.tokens.open(purpose, token);
  if (id !== undefined) return id;
  throw new Refusal(404, "This link is not valid.", "Open the link of the newest mail, or ask again.");
}

/** What anybody may call. */
export const publicHandlers: Handlers<keyof typeof publicRoutes> = {
  async hub(_, { hub }) {
    const { runtime } = hub;
    return {
      version: hub.version,
      local: runtime.cloudUrl !== undefined,
      ...(runtime.mailbox !== undefined && { mailbox: runtime.mailbox }),
      needsFirstOwner: !(await hasOwner(hub.store)),
      signInWith: hub.signInWith,
    };
  },

  async listBlueprints({ query }, { hub, caller }) {
    // Which environments there are is nobody's business but the team's.
    if (query.environment !== undefined && caller === undefined)
      throw new Refusal(401, "Nobody is signed in.", "Sign in, send an API key, or leave `environment` out.");
    return { items: hub.runtime.blueprints(query.environment) };
  },

  async submitRequest({ body }, call) {
    const { hub } = call;
    const { confirmEmail } = (await readSettings(hub.store)).value;
    // A program filled in what people cannot see: it is told that all is well, and nothing is kept.
    if (body.website) return { statusUrl: statusUrl(hub, "none"), confirm: confirmEmail };
    // Keys and names of other people's things are no business of a public form: operators bring them.
    if ("bring" in body.answers)
      throw new Refusal(
        422,
        "What you have already cannot be brought by this form.",
        "Leave it out, and write to us about it.",
        "bring",
      );
    const answers = hub.runtime.check(body.blueprint, { ...body.answers, locale: body.locale });
    const { slug, name, adminEmail } = answers as { slug: string; name: string; adminEmail: string }; // every blueprint asks these
    if (await isHeldByHand(hub.store, slug)) throw heldByHand(slug);
    const locale = localeOf(body.locale);
    call.hub.attempts.count(call.address);
    const asker = hub.tokens.blur("asker", call.address);
    const { id, isNew, confirmed } = await call.act(
      (done: { id: string; isNew: boolean; confirmed: boolean }) =>
        done.isNew
          ? {
              action: "request.submit",
              subject: `request/${done.id}`,
              details: { blueprint: body.blueprint, slug },
            }
          : undefined,
      async (tx) => {
        const done = await submit(tx, {
          blueprint: body.blueprint,
          slug,
          name,
          email: adminEmail,
          locale,
          answers,
          asker,
          confirmed: !confirmEmail,
        });
        // Asked for once more, it is told to the address again, once a day: the link is for whoever reads its mails.
        const again = done.isNew ? "" : `/${new Date().toISOString().slice(0, 10)}`;
        const letter = done.confirmed
          ? hub.letters.requestReceived({ locale, name, statusUrl: statusUrl(hub, done.id) })
          : hub.letters.confirmAddress({ locale, name, url: confirmUrl(call, done.id, locale) });
        await post(tx, `${done.confirmed ? "received" : "confirm"}/${done.id}${again}`, adminEmail, letter);
        return done;
      },
    );
    hub.wake();
    return { confirm: !confirmed, ...(isNew && { statusUrl: statusUrl(hub, id) }) };
  },

  async confirmRequest({ body }, call) {
    const { hub } = call;
    const id = idOf(call, "confirm request", body.token);
    call.hub.attempts.count(call.address);
    const deed = { action: "request.confirm", subject: `request/${id}` };
    await call.act(
      (isNew) => (isNew ? deed : undefined),
      async (tx) => {
        const row = await lockRequest(tx, id);
        if (row.confirmed_at !== null || row.state !== "pending") return false;
        await tx
          .updateTable("requests")
          .set({ confirmed_at: sql`clock_timestamp()` })
          .where("id", "=", id)
          .execute();
        const locale = localeOf(row.locale);
        const letter = hub.letters.requestReceived({ locale, name: row.name, statusUrl: statusUrl(hub, id) });
        await post(tx, `received/${id}`, row.email, letter);
        return true;
      },
    );
    return { ...(await shownPublicRequest(hub, id)), statusUrl: statusUrl(hub, id) };
  },

  async showPublicRequest({ query }, call) {
    return shownPublicRequest(call.hub, idOf(call, "request status", query.token));
  },

  async followPublicRequest({ query }, call) {
    const { hub } = call;
    const id = idOf(call, "request status", query.token);
    const row = await hub.store
      .selectFrom("requests")
      .select("run_id")
      .where("id", "=", id)
      .executeTakeFirst();
    return events(call, row?.run_id ?? undefined);
  },

  async acceptInvitation({ body }, call) {
    const result = await call.act(joined, async (tx) => {
      const accepted = await accept(tx, { ...body, name: body.name, email: body.email });
      if (accepted.is === "no-link")
        throw new Refusal(
          404,
          "This link is not valid any more.",
          "Ask an owner for a new one; the first owner's is printed when the hub starts.",
        );
      if (accepted.is === "no-name")
        throw new Refusal(400, "The name is missing.", "Fill in your name.", "name");
      if (accepted.is === "no-email")
        throw new Refusal(400, "The address is missing.", "Fill in your e-mail address.", "email");
      if (accepted.is === "known")
        throw new Refusal(409, "There is an account with this address already.", "Sign in with it.", "email");
      return accepted;
    });
    return { email: result.email };
  },
};

const joined = ({ is, email, role }: { is: "in" | "reset"; email: string; role: string }) => ({
  actor: email,
  action: is === "in" ? "team.join" : "account.password",
  subject: `person/${email}`,
  details: { role },
});

const confirmUrl = ({ hub }: Call, id: string, locale: string) =>
  `${hub.baseUrl}/ask/confirm?lang=${locale}&token=${encodeURIComponent(hub.tokens.sign("confirm request", id))}`;

/** What an asker may see of a run: which step, no names of things, no changes, no call. */
async function* events({ hub, after, signal }: Call, run: string | undefined) {
  if (run === undefined) return;
  for await (const event of hub.runtime.journal.events(run, { after, follow: true, signal })) {
    const plain = { ...event, runId: "" };
    if (plain.type === "step-started") yield { ...plain, name: "" };
    else if (plain.type === "step-waiting") yield { ...plain, why: "" };
    else if (plain.type === "step-applying") yield { ...plain, changes: [] };
    else if ("fault" in plain && plain.fault !== undefined)
      yield {
        ...plain,
        fault: { kind: plain.fault.kind, what: "Something did not go as planned.", next: "We look at it." },
      };
    else yield plain;
  }
}
