import type { houseRoutes } from "@atoll/contract/routes/house";
import { sql } from "kysely";
import { post } from "../../services/outbox.ts";
import {
  changeRole,
  createKey,
  findPerson,
  invite,
  listPeople,
  type Person,
  removePerson,
  roleOf,
} from "../../services/people.ts";
import { verifyChain } from "../../store/audit.ts";
import { cursorOf, openCursor } from "../../store/cursor.ts";
import { readSettings, writeSettings } from "../../store/settings.ts";
import type { Handlers } from "../context.ts";
import { etagOf } from "../etag.ts";
import { notFound, Refusal } from "../refusal.ts";
import { present } from "../shown.ts";

const shownPerson = ({ id, name, email, role, twoFactorEnabled, createdAt, lastSeenAt }: Person) => ({
  id,
  name,
  email,
  role,
  twoFactor: twoFactorEnabled,
  createdAt: createdAt.toISOString(),
  ...present({ lastSeenAt: lastSeenAt?.toISOString() }),
});

const lastOwner = () => new Refusal(409, "They are the last owner.", "Make somebody else an owner first.");

const invitationDays = 7;

/** The hub itself: people, keys, settings, audit. */
export const houseHandlers: Handlers<keyof typeof houseRoutes> = {
  async showMe(_, { caller }) {
    if (caller === undefined) throw new Refusal(401, "Nobody is signed in.", "Sign in.");
    const { id, name, email, role, kind, twoFactor } = caller;
    return { id, name, role, kind, twoFactor, ...present({ email }) };
  },

  async listMembers(_, { hub }) {
    return { items: (await listPeople(hub.people)).map(shownPerson) };
  },

  async changeRole({ params, body }, call) {
    const person = await findPerson(call.hub.people, params.id);
    if (person === undefined) throw notFound("such person");
    const deed = {
      action: "team.role",
      subject: `person/${person.email}`,
      details: { from: person.role, to: body.role },
    };
    await call.act(deed, async (tx) => {
      if (!(await changeRole(tx, params.id, body.role))) throw lastOwner();
    });
    return shownPerson({ ...person, role: body.role });
  },

  async removeMember({ params }, call) {
    const person = await findPerson(call.hub.people, params.id);
    if (person === undefined) throw notFound("such person");
    await call.act({ action: "team.remove", subject: `person/${person.email}` }, async (tx) => {
      if (!(await removePerson(tx, params.id))) throw lastOwner();
    });
    return undefined;
  },

  async listInvitations(_, { hub }) {
    const rows = await hub.store
      .selectFrom("invitations")
      .selectAll()
      .where("email", "is not", null)
      .where("resets", "=", false)
      .where("accepted_at", "is", null)
      .where("revoked_at", "is", null)
      .where("expires_at", ">", sql<Date>`clock_timestamp()`)
      .orderBy("created_at", "desc")
      .execute();
    return {
      items: rows.map((row) => ({
        id: row.id,
        email: row.email ?? "",
        role: roleOf(row.role),
        invitedBy: row.invited_by,
        createdAt: row.created_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
      })),
    };
  },

  async invite({ body }, call) {
    const { hub, actor } = call;
    const deed = { action: "team.invite", subject: `person/${body.email}`, details: { role: body.role } };
    if ((await listPeople(hub.people)).some((each) => each.email === body.email.toLowerCase()))
      throw new Refusal(
        409,
        "They are in the team already.",
        "Change their role in the list of people.",
        "email",
      );
    const { id, expiresAt } = await call.act(deed, async (tx) => {
      // One link at a time: a newer one ends the older ones.
      await tx
        .updateTable("invitations")
        .set({ revoked_at: sql`clock_timestamp()` })
        .where("email", "=", body.email.toLowerCase())
        .where("accepted_at", "is", null)
        .where("revoked_at", "is", null)
        .execute();
      const made = await invite(tx, {
        email: body.email,
        role: body.role,
        by: actor,
        forDays: invitationDays,
      });
      const url = `${hub.baseUrl}/welcome?token=${encodeURIComponent(made.token)}`;
      const letter = hub.letters.invitation({
        by: call.caller?.name ?? actor,
        role: body.role,
        url,
        validUntil: made.expiresAt,
      });
      await post(tx, `invitation/${made.id}`, body.email, letter);
      return made;
    });
    hub.wake();
    return {
      id,
      email: body.email.toLowerCase(),
      role: body.role,
      invitedBy: actor,
      createdAt: new Date().toISOString(),
      expiresAt: expiresAt.toISOString(),
    };
  },

  async revokeInvitation({ params }, call) {
    await call.act({ action: "team.revoke", subject: `invitation/${params.id}` }, async (tx) => {
      const done = await tx
        .updateTable("invitations")
        .set({ revoked_at: sql`clock_timestamp()` })
        .where("id", "=", params.id)
        .where("accepted_at", "is", null)
        .executeTakeFirst();
      if (done.numUpdatedRows === 0n) throw notFound("such invitation");
    });
    return undefined;
  },

  async listKeys(_, { hub }) {
    const rows = await hub.store
      .selectFrom("api_keys")
      .selectAll()
      .where("revoked_at", "is", null)
      .orderBy("created_at", "desc")
      .execute();
    return { items: rows.map(shownKey) };
  },

  async createKey({ body }, call) {
    const expiresAt =
      body.expiresInDays === undefined ? null : new Date(Date.now() + body.expiresInDays * 86_400_000);
    const deed = { action: "key.create", subject: `key/${body.name}`, details: { role: body.role } };
    const { id, key } = await call.act(deed, (tx) =>
      createKey(tx, { name: body.name, role: body.role, by: call.actor, expiresAt }),
    );
    const row = await call.hub.store
      .selectFrom("api_keys")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    return { key, info: shownKey(row) };
  },

  async revokeKey({ params }, call) {
    await call.act({ action: "key.revoke", subject: `key/${params.id}` }, async (tx) => {
      const done = await tx
        .updateTable("api_keys")
        .set({ revoked_at: sql`clock_timestamp()` })
        .where("id", "=", params.id)
        .where("revoked_at", "is", null)
        .executeTakeFirst();
      if (done.numUpdatedRows === 0n) throw notFound("such key");
    });
    return undefined;
  },

  async showSettings(_, { hub }) {
    return (await readSettings(hub.store)).value;
  },

  async changeSettings({ body }, call) {
    const now = await readSettings(call.hub.store);
    if (call.ifMatch === undefined)
      throw new Refusal(428, "Changing settings needs `If-Match`.", "Read them, and send the ETag along.");
    const moved = new Refusal(
      412,
      "Somebody changed the settings meanwhile.",
      "Look at them again, then change them.",
    );
    if (call.ifMatch !== etagOf(now.value)) throw moved;
    const changed = (Object.keys(body) as (keyof typeof body)[]).filter(
      (each) => JSON.stringify(body[each]) !== JSON.stringify(now.value[each]),
    );
    const deed = { action: "settings.change", subject: "settings", details: { changed } };
    await call.act(deed, async (tx) => {
      if (!(await writeSettings(tx, body, now.version))) throw moved;
    });
    return (await readSettings(call.hub.store)).value;
  },

  async listEnvironments(_, { hub }) {
    const workers = await hub.runtime.journal.workers();
    return {
      items: hub.runtime.environments.map((name, index) => ({
        name,
        isDefault: index === 0,
        workers: workers.get(name) ?? 0,
      })),
    };
  },

  async runDoctor({ query }, { hub }) {
    const findings = await hub.runtime.doctor(query.environment);
    return {
      items: findings.map(({ environment, provider, subject, ok, what, next, missing, excess }) => ({
        environment,
        provider,
        subject,
        ok,
        what,
        ...present({ next, missing, excess }),
      })),
    };
  },

  async listAudit({ query }, { hub }) {
    let list = hub.store.selectFrom("audit").selectAll();
    if (query.subject) list = list.where("subject", "=", query.subject);
    if (query.actor) list = list.where("actor", "=", query.actor);
    const [seq] = openCursor(query.cursor, "number") ?? [];
    if (seq !== undefined) list = list.where("seq", "<", String(seq));
    const rows = await list
      .orderBy("seq", "desc")
      .limit(query.limit + 1)
      .execute();
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    return {
      items: items.map((row) => ({ ...row, seq: Number(row.seq), at: row.at.toISOString() })),
      ...(rows.length > query.limit && last && { nextCursor: cursorOf(Number(last.seq)) }),
    };
  },

  async verifyAudit(_, { hub }) {
    return verifyChain(hub.store);
  },
};

function shownKey(row: {
  id: string;
  name: string;
  role: string;
  start: string;
  created_by: string;
  created_at: Date;
  last_used_at: Date | null;
  expires_at: Date | null;
}) {
  return {
    id: row.id,
    name: row.name,
    role: roleOf(row.role),
    start: row.start,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    ...present({ lastUsedAt: row.last_used_at?.toISOString(), expiresAt: row.expires_at?.toISOString() }),
  };
}
