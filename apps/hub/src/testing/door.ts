import { randomBytes } from "node:crypto";
import type { Role } from "@atoll/contract/schemas/account";
import pg from "pg";
import { openHub } from "../hub.ts";
import { letters } from "../mails/letters.ts";
import { openRuntime, type Runtime } from "../runtime.ts";
import { hubApp } from "../server/app.ts";
import { accept, invite } from "../services/people.ts";

/** A browser on the hub's own pages: keeps cookies as one does. */
export interface Browser {
  get(path: string): Promise<Response>;
  post(path: string, body?: object): Promise<Response>;
  send(method: string, path: string, body?: object): Promise<Response>;
  /** `email password`, at the usual door. */
  signIn(email: string, password?: string): Promise<Response>;
  /** Who the hub takes it for; undefined = nobody. */
  me(): Promise<{ email?: string; role: string; twoFactor: boolean } | undefined>;
  cookies: Map<string, string>;
}

/** A hub with nothing behind its door: no provider is called, no worker runs. */
export interface Door {
  browser(): Browser;
  /** Somebody who accepted an invitation. */
  member(email: string, role?: Role): Promise<void>;
  sql: pg.Pool;
  runtime: Runtime;
  /** The same as a server hears it; `bindings` are the connection's. */
  ask(request: Request, bindings?: object): Promise<Response>;
  /** Paths that the server answers, as they were registered. */
  addresses: readonly string[];
  /** Paths of the sign-in service below `/api/auth`, and their methods. */
  signInAddresses: readonly { path: string; methods: readonly string[] }[];
  /** Sends a call that no browser makes. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** Lets what was tried so far not count any more. */
  forgetTries(): Promise<void>;
  stop(): Promise<void>;
}

/** What members' passwords are, unless they say otherwise. */
export const goodPassword = "correct horse battery staple";

const baseUrl = "http://hub.test";

/** Provider accounts that are complete and lead nowhere. */
const accounts = {
  ...Object.fromEntries(
    ["SUPABASE", "GITHUB", "VERCEL", "RESEND"].map((each) => [`${each}_API_URL`, "http://127.0.0.1:9"]),
  ),
  SUPABASE_MANAGEMENT_TOKEN: "x",
  SUPABASE_ORG_ID: "x",
  GITHUB_TOKEN: "x",
  GITHUB_ORG: "x",
  GITHUB_TEMPLATE: "x/y",
  VERCEL_TOKEN: "x",
  VERCEL_TEAM_ID: "x",
  N8N_HOST: "http://127.0.0.1:9",
  N8N_API_KEY: "x",
  GITEA_HOST: "http://127.0.0.1:9",
  GITEA_TOKEN: "x",
  MAIL_FROM: "hub@atoll.example",
  RESEND_API_KEY: "x",
};

/** Opens it on this database; `env` is what sign-in is configured by, `secretKey` is what everything is sealed with. */
export async function openDoor(
  databaseUrl: string,
  home: string,
  env: NodeJS.ProcessEnv = {},
  secretKey = randomBytes(32).toString("base64"),
): Promise<Door> {
  const runtime = await openRuntime({
    env: {
      ...accounts,
      ATOLL_HOME: home,
      DATABASE_URL: databaseUrl,
      ATOLL_SECRET_KEY: secretKey,
    },
    worker: false,
  });
  const onError = (error: unknown) => console.error(error);
  const { hub, close } = await openHub({ runtime, letters, baseUrl, version: "test", env, onError });
  const app = hubApp({ hub, onError });
  const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });

  function browser(): Browser {
    const cookies = new Map<string, string>();
    async function send(path: string, init: RequestInit): Promise<Response> {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const headers = { ...init.headers, ...(cookie !== "" && { cookie }) };
      const answer = await app.request(`${baseUrl}${path}`, { ...init, headers });
      for (const line of answer.headers.getSetCookie()) {
        const [pair = "", ...attributes] = line.split(";").map((each) => each.trim());
        const [name = "", value = ""] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
        if (value === "" || attributes.some((each) => /^max-age=0$/i.test(each))) cookies.delete(name);
        else cookies.set(name, value);
      }
      return answer;
    }
    const self: Browser = {
      cookies,
      get: (path) => send(path, {}),
      post: (path, body = {}) => self.send("POST", path, body),
      send: (method, path, body) =>
        send(path, {
          method,
          headers: { "content-type": "application/json", origin: baseUrl },
          ...(body && { body: JSON.stringify(body) }),
        }),
      signIn: (email, password = goodPassword) => self.post("/api/auth/sign-in/email", { email, password }),
      async me() {
        const answer = await self.get("/api/me");
        return answer.status === 401 ? undefined : await answer.json();
      },
    };
    return self;
  }

  return {
    browser,
    sql,
    runtime,
    ask: async (request, bindings = {}) => app.fetch(request, bindings),
    addresses: [...new Set(app.routes.map((each) => each.path))],
    signInAddresses: Object.values(hub.auth.api).flatMap((each) => {
      const { path, options } = each as { path?: string; options: { method: string | string[] } }; // as the library makes them
      return path === undefined ? [] : [{ path, methods: [options.method].flat() }];
    }),
    send: async (path, init) => app.request(`${baseUrl}${path}`, init),
    async member(email, role = "viewer") {
      await hub.store.transaction().execute(async (tx) => {
        const { token } = await invite(tx, { email, role, by: "test", forDays: 1 });
        await accept(tx, { token, name: "A member", email: undefined, password: goodPassword });
      });
    },
    forgetTries: async () => void (await sql.query('delete from people."rateLimit"')),
    async stop() {
      await sql.end();
      await close();
      await runtime.close();
    },
  };
}
