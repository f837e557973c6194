import type { publicRoutes } from "@atoll/contract/routes/public";
import { sql } from "kysely";
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

  async listBlueprints(_, { hub }) {
    return { items: hub.runtime.blueprints() };
  },

  async submitRequest({ body }, call) {
    const { hub } = call;
    const { confirmEmail } = (await readSettings(hub.store)).value;
    // A program filled in what people cannot see: it is told that all is well, and nothing is kept.
    if (body.website) return { statusUrl: statusUrl(hub, "none"), confirm: confirmEmail };
    const answers = hub.runtime.check(body.blueprint, { ...body.answers, locale: body.locale });
    const { slug, name, adminEmail } = answers as { slug: string; name: string; adminEmail: string }; // every blueprint asks these
    const locale = localeOf(body.locale);
    const deed = {
      action: "request.submit",
      subject: `request of ${slug}`,
      details: { blueprint: body.blueprint },
    };
    const { id, confirmed } = await call.act(deed, async (tx) => {
      const done = await submit(tx, {
        blueprint: body.blueprint,
        slug,
        name,
        email: adminEmail,
        locale,
        answers,
        asker: hub.tokens.blur("asker", call.address),
        confirmed: !confirmEmail,
      });
      if (done.isNew) {
        const letter = confirmEmail
          ? hub.letters.confirmAddress({ locale, name, url: confirmUrl(call, done.id, locale) })
          : hub.letters.requestReceived({ locale, name, statusUrl: statusUrl(hub, done.id) });
        await post(tx, `${confirmEmail ? "confirm" : "received"}/${done.id}`, adminEmail, letter);
      }
      return done;
    });
    return { statusUrl: statusUrl(hub, id), confirm: !confirmed };
  },

  async confirmRequest({ body }, call) {
    const { hub } = call;
    const id = idOf(call, "confirm request", body.token);
    await call.act({ action: "request.confirm", subject: `request/${id}` }, async (tx) => {
      const row = await lockRequest(tx, id);
      if (row.confirmed_at !== null) return;
      await tx
        .updateTable("requests")
        .set({ confirmed_at: sql`clock_timestamp()` })
        .where("id", "=", id)
        .execute();
      const locale = localeOf(row.locale);
      const letter = hub.letters.requestReceived({ locale, name: row.name, statusUrl: statusUrl(hub, id) });
      await post(tx, `received/${id}`, row.email, letter);
    });
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
    const result = await call.act({ action: "team.join", subject: "team" }, async (tx) => {
      const accepted = await accept(tx, { ...body, email: body.email });
      if (accepted.is === "no-link")
        throw new Refusal(
          404,
          "This link is not valid any more.",
          "Ask an owner for a new one; the first owner's is printed when the hub starts.",
        );
      if (accepted.is === "no-email")
        throw new Refusal(400, "The address is missing.", "Fill in your e-mail address.", "email");
      if (accepted.is === "known")
        throw new Refusal(409, "There is an account with this address already.", "Sign in with it.", "email");
      return accepted;
    });
    return { email: result.email };
  },
};

const confirmUrl = ({ hub }: Call, id: string, locale: string) =>
  `${hub.baseUrl}/ask/confirm?lang=${locale}&token=${encodeURIComponent(hub.tokens.sign("confirm request", id))}`;

/** What an asker may see of a run: which step, no names of things, no changes, no call. */
async function* events({ hub, after, signal }: Call, run: string | undefined) {
  if (run === undefined) return;
  for await (const event of hub.runtime.journal.events(run, { after, follow: true, signal })) {
    if (event.type === "step-started") yield { ...event, name: "" };
    else if (event.type === "step-applying") yield { ...event, changes: [] };
    else if ("fault" in event && event.fault !== undefined)
      yield {
        ...event,
        fault: { kind: event.fault.kind, what: "Something did not go as planned.", next: "We look at it." },
      };
    else yield event;
  }
}
