import { randomBytes } from "node:crypto";
import { keyId } from "@atoll/archive/seal";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { genericOAuth, twoFactor } from "better-auth/plugins";
import { argon2id, argon2Verify } from "hash-wasm";
import pg from "pg";
import type { SecretKeys } from "./home.ts";
import { macBy } from "./tokens.ts";

interface AuthOptions {
  databaseUrl: string;
  /** Where people reach the hub: cookies and origin checks go by it. */
  baseUrl: string;
  /** What cookies are signed and second factors are sealed with. */
  secrets: AuthSecrets;
  oidc?: { id: string; discoveryUrl: string; clientId: string; clientSecret: string };
}

/** What the names of all its cookies begin with. */
export const cookiePrefix = "atoll";

/** How long a session lasts that nobody uses. */
export const sessionSeconds = 60 * 60 * 24 * 7;

// OWASP's figures for argon2id: 19 MiB, 2 rounds, 1 lane.
const argon = { memorySize: 19_456, iterations: 2, parallelism: 1, hashLength: 32 };

/** Hashes a password as it is stored. */
export const hashPassword = (password: string): Promise<string> =>
  argon2id({ password, salt: randomBytes(16), ...argon, outputType: "encoded" });

/** Secrets of the sign-in service, as its own functions take them: the present one first. */
export interface AuthSecrets {
  keys: Map<number, string>;
  currentVersion: number;
  legacySecret: string;
}

/** The sign-in service's secrets, one from each of the hub's keys, each with a version that is told by its key. */
export function authSecrets({ key, olderKeys }: SecretKeys): AuthSecrets {
  const all = [key, ...olderKeys].map((each): [number, string] => [
    Number.parseInt(keyId(each).slice(0, 7), 16),
    macBy(each, "session secret", "1"),
  ]);
  return {
    keys: new Map(all),
    currentVersion: all[0]?.[0] ?? 0,
    legacySecret: all.at(-1)?.[1] ?? "",
  };
}

/** Sign-in of people: passwords, a second factor, sessions, and an identity provider where one is set. */
export async function openAuth({ databaseUrl, baseUrl, secrets, oidc }: AuthOptions) {
  const setup = new pg.Client({ connectionString: databaseUrl });
  await setup.connect();
  await setup.query("create schema if not exists people");
  await setup.end();
  // The library's own tables stand apart, in a schema of their own.
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4, options: "-c search_path=people" });
  pool.on("error", () => {});
  const options = {
    appName: "Atoll",
    baseURL: baseUrl,
    secrets: [...secrets.keys].map(([version, value]) => ({ version, value })),
    // Opens what was sealed before secrets had versions.
    secret: secrets.legacySecret,
    database: pool,
    telemetry: { enabled: false },
    logger: { disabled: true },
    emailAndPassword: {
      enabled: true,
      // People come by invitation only; the hub makes their accounts itself.
      disableSignUp: true,
      minPasswordLength: 12,
      maxPasswordLength: 200,
      password: {
        hash: hashPassword,
        verify: ({ hash, password }: { hash: string; password: string }) => argon2Verify({ hash, password }),
      },
    },
    user: {
      additionalFields: { role: { type: "string", required: false, defaultValue: "viewer", input: false } },
    },
    session: { expiresIn: sessionSeconds, updateAge: 60 * 60 * 24 },
    rateLimit: {
      enabled: true,
      storage: "database",
      window: 60,
      max: 120,
      customRules: { "/sign-in/email": { window: 60, max: 10 }, "/two-factor/*": { window: 60, max: 10 } },
    },
    advanced: {
      cookiePrefix,
      useSecureCookies: baseUrl.startsWith("https:"),
      defaultCookieAttributes: { sameSite: "lax", httpOnly: true },
      // Said out loud: the library leaves it out when an environment variable calls itself a test.
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: ["x-atoll-client-address"] },
    },
    trustedOrigins: [baseUrl],
    // Nobody changes their own name unseen: it stands in mails and lists.
    disabledPaths: ["/update-user"],
    // Who comes back from an identity provider in vain stands at the door again, with the reason in the address.
    onAPIError: { errorURL: `${baseUrl}/sign-in` },
    plugins: [
      twoFactor({ issuer: "Atoll" }),
      ...(oidc === undefined
        ? []
        : [
            genericOAuth({
              config: [
                {
                  providerId: oidc.id,
                  discoveryUrl: oidc.discoveryUrl,
                  clientId: oidc.clientId,
                  clientSecret: oidc.clientSecret,
                  scopes: ["openid", "profile", "email"],
                  disableImplicitSignUp: true,
                  disableSignUp: true,
                },
              ],
            }),
          ]),
    ],
  } satisfies Parameters<typeof betterAuth>[0];
  const auth = betterAuth(options);
  await (await getMigrations(options)).runMigrations();
  return { auth, pool, close: () => pool.end() };
}

export type Auth = Awaited<ReturnType<typeof openAuth>>;
