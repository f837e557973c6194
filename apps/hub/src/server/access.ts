import type { Access } from "@atoll/contract/define";
import { type Role, roles } from "@atoll/contract/schemas/account";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import { roleOf, useKey } from "../services/people.ts";
import type { Caller, Hub } from "./context.ts";
import { Refusal } from "./refusal.ts";

/** Who is asking, by an API key or by a session's cookie; undefined = nobody that we know. */
export async function callerOf(hub: Hub, headers: Headers): Promise<Caller | undefined> {
  const bearer = /^Bearer (\S+)$/.exec(headers.get("authorization") ?? "")?.[1];
  if (bearer !== undefined) {
    const key = await useKey(hub.store, bearer);
    if (key === undefined)
      throw new Refusal(401, "This API key is not valid.", "Use another one, or have an owner make one.");
    return { ...key, kind: "key", email: undefined, twoFactor: false, actor: `key ${key.name} (${key.id})` };
  }
  const session = await hub.auth.api.getSession({ headers });
  if (session === null) return undefined;
  const { id, name, email, role, twoFactorEnabled } = session.user;
  return {
    kind: "person",
    id,
    name,
    email,
    role: roleOf(role),
    twoFactor: twoFactorEnabled === true,
    actor: email,
  };
}

const rank = (role: Role) => roles.indexOf(role);

/** Refuses whoever may not call a route, and calls that another site's page makes with a person's cookie. */
export function mayCall(access: Access, caller: Caller | undefined, request: Request, baseUrl: string): void {
  if (!["GET", "HEAD"].includes(request.method) && caller?.kind !== "key") {
    const origin = request.headers.get("origin");
    const site = request.headers.get("sec-fetch-site");
    const foreign =
      origin === null
        ? site !== null && site !== "same-origin" && site !== "none"
        : origin !== new URL(baseUrl).origin;
    if (foreign)
      throw new Refusal(
        403,
        "This call comes from another site.",
        `Open the hub at ${new URL(baseUrl).origin}, or use an API key.`,
      );
  }
  if (access === "public") return;
  if (caller === undefined) throw new Refusal(401, "Nobody is signed in.", "Sign in, or send an API key.");
  if (rank(caller.role) < rank(access))
    throw new Refusal(
      403,
      `This needs the role ${access}; yours is ${caller.role}.`,
      "Ask an owner for another role.",
    );
}

/**
 * Address that a call came from: the connection's, or, behind so many proxies of ours, the one that the outermost of
 * them saw. What stands further left in `X-Forwarded-For` anybody may have written.
 */
export function addressOf(c: Context, proxies: number): string {
  const forwarded = (c.req.header("x-forwarded-for") ?? "").split(",").map((each) => each.trim());
  const told = proxies > 0 ? forwarded.at(-proxies) : undefined;
  if (told) return told.slice(0, 64);
  try {
    return getConnInfo(c).remote.address ?? "unknown";
  } catch {
    return "unknown"; // called without a connection, by a test
  }
}
