import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { vi } from "vitest";
import type { testCloud } from "../../../testing/cloud.ts";

type TestCloud = Pick<Awaited<ReturnType<typeof testCloud>>, "url" | "manage">;

/** A project of a running cloud, and clients for those who use it. */
export interface TestProject {
  ref: string;
  url(): string;
  anonKey: string;
  secretKey: string;
  anon(): SupabaseClient;
  service(): SupabaseClient;
  /** Signs a new user in. */
  member(email: string): Promise<{ id: string; token: string; client: SupabaseClient }>;
  /** As the project's owner; throws what the database says. */
  sql(query: string): Promise<Record<string, unknown>[]>;
}

const options = { auth: { persistSession: false, autoRefreshToken: false } };

/** Makes a project by the Management API and waits until it is there. */
export async function storageProject(cloud: TestCloud, name: string): Promise<TestProject> {
  const made = await cloud.manage("POST", "/projects", {
    name,
    db_pass: "aB3x".repeat(8),
    organization_slug: "atoll-local",
  });
  const ref: string = made.body.ref;
  await vi.waitFor(
    async () => {
      const { status } = (await cloud.manage("GET", `/projects/${ref}`)).body;
      if (status !== "ACTIVE_HEALTHY") throw new Error(`The project is ${status}.`);
    },
    { timeout: 20_000 },
  );
  const keys: { type: string; api_key: string }[] = (
    await cloud.manage("GET", `/projects/${ref}/api-keys?reveal=true`)
  ).body;
  const key = (type: string) => keys.find((each) => each.type === type)?.api_key ?? "";
  const url = () => `${cloud.url()}/supabase/projects/${ref}`;
  const client = (apiKey: string) => createClient(url(), apiKey, options);
  return {
    ref,
    url,
    anonKey: key("publishable"),
    secretKey: key("secret"),
    anon: () => client(key("publishable")),
    service: () => client(key("secret")),
    async member(email) {
      const password = "a-long-password-1";
      const user = await client(key("secret")).auth.admin.createUser({
        email,
        password,
        email_confirm: true,
      });
      if (user.error !== null) throw user.error;
      const signedIn = client(key("publishable"));
      const { data } = await signedIn.auth.signInWithPassword({ email, password });
      return { id: data.user?.id ?? "", token: data.session?.access_token ?? "", client: signedIn };
    },
    async sql(query) {
      const { status, body } = await cloud.manage("POST", `/projects/${ref}/database/query`, { query });
      if (status !== 201) throw new Error(body.message);
      return body;
    },
  };
}
