import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import type { SupabaseApi } from "../api.ts";
import { authAt } from "../auth-admin.ts";
import { type ConnectionOf, mustBelong } from "./belonging.ts";

// --- types

/** A project that a client has already. */
export interface BroughtProject {
  /** Where its own APIs answer, without a slash at the end. */
  url: string;
  publishableKey: string;
  secretKey: Secret;
  /** "postgresql://USER:PASSWORD@HOST:PORT/DATABASE" */
  databaseUrl?: Secret;
  /** Somebody agreed that it is changed. */
  consent?: boolean;
}

/** What is known of it. */
export interface BroughtProjectAttrs {
  /** Its ref, where the address tells it; else "host:" and the address's host, which is nobody's ref. */
  ref: string;
  url: string;
  /** Our own token sees it: the Management API can be used. */
  visible: boolean;
}

export const field = "bring.supabase";

/** The project's ref, if its address is one of Supabase's own; else undefined (a domain of the client's). */
export function refIn(api: SupabaseApi, given: string): string | undefined {
  const [before = "", after = ""] = api.projectUrl("REF").split("REF");
  const { origin, pathname } = new URL(given); // hosts come in small letters
  const url = `${origin}${pathname}`.replace(/\/+$/, "");
  const isOurs = url.startsWith(before) && url.endsWith(after);
  const ref = isOurs ? url.slice(before.length, url.length - after.length) : "";
  return /^[a-z]{20}$/.test(ref) ? ref : undefined;
}

/** What a project is known by: never a ref that somebody else's project may have. */
export const idOf = (ref: string | undefined, url: string) => ref ?? `host:${new URL(url).host}`;

/** Whether our own token sees a project. */
export async function isVisible(api: SupabaseApi, ref: string | undefined): Promise<boolean> {
  if (ref === undefined) return false;
  try {
    return (await api.project(ref)) !== undefined;
  } catch (fault) {
    if (fault instanceof HttpFault && (fault.status === 401 || fault.status === 403)) return false;
    throw fault;
  }
}

/**
 * A Supabase project that a client brings: known by its address and its keys, each of which is tried. Never made,
 * renamed or removed; whose it is says its database.
 */
export function broughtProject(
  api: SupabaseApi,
  given: BroughtProject,
  connect: ConnectionOf,
): Resource<unknown, BroughtProjectAttrs> {
  const { url, databaseUrl } = given;
  const ref = refIn(api, url);

  // --- observe

  async function observe(at: Address): Promise<Observed<BroughtProjectAttrs>> {
    const publishable = new Secret("publishable key", given.publishableKey);
    await opens(publishable, "publishableKey", "/settings");
    await opens(given.secretKey, "secretKey", "/admin/users?page=1&per_page=1");
    const visible = await isVisible(api, ref);
    if (!visible && databaseUrl === undefined)
      throw new Fault("rejected", {
        what: `The token of Atoll does not see the project at ${url}, and no connection to its database was given.`,
        next: "Give the connection string of its database, or invite the token's user into the project's organisation.",
        field: `${field}.databaseUrl`,
      });
    if (databaseUrl !== undefined) await mustBelong({ ref, url, databaseUrl, at, connect, auth: secret() });
    const id = idOf(ref, url);
    return { is: "present", id, owner: "us", attrs: { ref: id, url, visible } };
  }

  const secret = () => authAt(api, url, given.secretKey);

  async function opens(key: Secret, name: "publishableKey" | "secretKey", path: string): Promise<void> {
    try {
      await authAt(api, url, key).get(path);
    } catch (fault) {
      throw keyFault(fault, url, name);
    }
  }

  return {
    kind: "supabase.project",
    lostCreate: "find-by-name",
    removal: "own",
    brought: {
      field,
      changes: "keeps its name, region and plan",
      remains: `the project at ${url}, with its tables, data and accounts`,
    },
    observe,

    // --- compare

    compare: () => [],

    // --- apply

    async apply() {
      throw new Fault("rejected", {
        what: `No project answers at ${url}.`,
        next: "Check the address in the project's settings, then retry the run.",
        field: `${field}.url`,
      });
    },

    // --- remove

    async remove() {
      // It is the client's own; the engine does not ask for it.
    },
  };
}

function keyFault(fault: unknown, url: string, name: "publishableKey" | "secretKey"): unknown {
  if (!(fault instanceof HttpFault)) return fault;
  const { status, kind, call } = fault;
  if (status === 401 || status === 403)
    return new Fault("rejected", {
      what: `The ${name === "secretKey" ? "secret" : "publishable"} key does not open the project at ${url}.`,
      next: "Copy it from the API keys of this very project; keys of another project do not open it.",
      field: `${field}.${name}`,
      ...(call !== undefined && { call }),
    });
  return new Fault(kind === "sign-in-again" ? "rejected" : kind, {
    what: status === 0 || status === 404 ? `No project answers at ${url}.` : fault.what,
    next: "Check the address, and that the project is not paused.",
    field: `${field}.url`,
    ...(call !== undefined && { call }),
  });
}
