import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Secret } from "@atoll/core/secret";
import type { SqlSession } from "@atoll/fleet/session";
import { reaching } from "@atoll/provider-kit/out-of-reach";
import type pg from "pg";
import type { SupabaseApi } from "../api.ts";
import type { ApiKeysIn } from "../api-keys.ts";
import { authAt } from "../auth-admin.ts";
import { type AuthConfigIn, authConfig } from "../auth-config.ts";
import { database } from "../database.ts";
import { sqlSession } from "../sql-session.ts";
import { type UserAttrs, type UserIn, user } from "../user.ts";
import { clientToBrought, openBrought, throughOurs } from "./connection.ts";
import { type BroughtProject, broughtProject, field, idOf, isVisible, refIn } from "./project.ts";

interface KeysAttrs {
  publishable: string;
  secret: Secret;
}

const stays = (changes: string, remains: string) => ({ brought: { field, changes, remains } });
const partOf = { lostCreate: "find-by-name", removal: "with-parent" } as const;

/** A brought project and what stands in it, but its schema: `connect` opens the database for that, `client` for loading. */
export function broughtParts(api: SupabaseApi, given: BroughtProject) {
  const ref = refIn(api, given.url);
  const seen = () => isVisible(api, ref);
  const auth = authAt(api, given.url, given.secretKey);
  const homeOf = (at: Address) => at.within ?? idOf(ref, given.url);
  const managed = { database: database(api), authConfig: authConfig(api) };

  /** The keys that were given: nobody else says which the client wants to be used. */
  const apiKeys: Resource<ApiKeysIn, KeysAttrs> = {
    kind: "supabase.api-keys",
    ...partOf,
    ...stays("its keys are used as they are", "its keys"),
    observe: async (at) => ({
      is: "present",
      id: homeOf(at),
      owner: "us",
      attrs: { publishable: given.publishableKey, secret: given.secretKey },
    }),
    compare: () => [],
    apply: async ({ at }) => homeOf(at),
    remove: async () => {},
  };

  /** Its services: by the Management API where we see it, else by their own health. */
  const services: Resource<object, object> = {
    ...managed.database,
    ...stays("stays as it is", "its services"),
    async observe(at): Promise<Observed<object>> {
      if (await seen()) return managed.database.observe(at);
      await auth.get("/health");
      return { is: "present", id: homeOf(at), owner: "us", attrs: {} };
    },
    probe: undefined,
  };

  /** Where people sign in: set where we may, else left to the client. */
  const signIn: Resource<AuthConfigIn, object> = {
    ...managed.authConfig,
    ...stays(
      "where Atoll's token sees the project: site URL, redirect URLs, no sign-up by strangers, passwords of 8 characters; else set the site URL yourself",
      "its sign-in settings",
    ),
    async observe(at): Promise<Observed<object>> {
      if (await seen()) return managed.authConfig.observe(at);
      return { is: "present", id: homeOf(at), owner: "us", attrs: { unseen: true } };
    },
    compare: (want, live) => ("unseen" in live ? [] : managed.authConfig.compare(want, live as never)), // as observed above
    apply: (job) => managed.authConfig.apply(job as never), // only after a difference, see above
  };

  const users = user(api, { at: (_, work) => work(auth) });
  const account: Resource<UserIn, UserAttrs> = {
    ...users,
    ...stays("gets an account for the first admin", "the first admin's account"),
    outlives: true,
    async release(at) {
      // Address and key are the client's own: whatever they refuse, nobody here can mend it.
      await reaching(
        () => true,
        async () => {
          const found = await users.observe(at);
          if (found.is !== "present" || found.owner !== "us") return;
          await auth.put("/admin/users/{id}", {
            params: { id: found.attrs.userId },
            body: { app_metadata: { atoll_instance: null } },
          });
        },
      );
    },
  };

  const endpoint = sqlSession(api, { mode: "endpoint" });
  async function connect(at: Address): Promise<SqlSession> {
    const { databaseUrl } = given;
    return databaseUrl === undefined ? throughOurs(await endpoint(at)) : openBrought(databaseUrl);
  }

  /** Undefined where the client gave no connection string: nobody else knows the password. */
  async function client(): Promise<pg.Client | undefined> {
    return given.databaseUrl && clientToBrought(given.databaseUrl);
  }

  return {
    project: broughtProject(api, given, connect),
    apiKeys,
    database: services,
    authConfig: signIn,
    user: account,
    connect,
    client,
  };
}
