import { Fault } from "@atoll/core/fault";
import type { Address, Resource } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import { type SupabaseApi, supabaseApi } from "../api.ts";
import { database } from "../database.ts";
import { project } from "../project.ts";

interface Cloud {
  url(): string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  call(method: string, at: string, body?: unknown): Promise<{ status: number; body: any }>;
}

/** Marks what the tests make. */
export const instance = "abcdefghij0123456789";

/** What the tests' projects should be. Everything secret holds 4711, which must appear in no fault. */
export const wantProject = {
  region: "eu-west-3",
  databasePassword: new Secret("database password", "CanaryDatabasePassword4711abcdef"),
};

export const wantKeys = { publishable: true, secret: true } as const;

/** What the engine does, in small: looks, waits, changes, looks again. */
export async function ensure<In, Attrs>(resource: Resource<In, Attrs>, at: Address, want: In) {
  for (let n = 0; n < 200; n++) {
    const seen = await resource.observe(at);
    if (seen.is === "settling") {
      await new Promise((resolve) => setTimeout(resolve, seen.retryInMs));
      continue;
    }
    if (seen.is === "present" && seen.owner === "other") throw new Error("not ours");
    const live = seen.is === "present" ? seen.attrs : undefined;
    const changes = live ? resource.compare(want, live) : [{ path: "", act: "create" as const }];
    if (seen.is === "present" && changes.length === 0) return { id: seen.id, attrs: seen.attrs };
    await resource.apply({ at, want, live, changes });
  }
  throw new Error(`${resource.kind} does not converge.`);
}

/** What a resource sees, which has to be there. */
export async function present<In, Attrs>(resource: Resource<In, Attrs>, at: Address): Promise<Attrs> {
  const seen = await resource.observe(at);
  if (seen.is !== "present") throw new Error(`${resource.kind} is ${seen.is}.`);
  return seen.attrs;
}

/** The fault that some work ends with: says what and what next, and shows nothing secret. */
export async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Fault)) throw new Error(`No fault but ${error}.`);
  if (error.what === "" || error.next === "") throw new Error(`The fault says nothing: ${error.what}`);
  if (/4711|sbp_/.test(JSON.stringify(error) + error.stack)) throw new Error("The fault shows a secret.");
  return error;
}

/** Drives one cloud from the side of the adapters and from behind their back. */
export function drive(cloud: Cloud, localToken: string) {
  let made = 0;
  const connect = (token = localToken): SupabaseApi =>
    supabaseApi({
      token: new Secret("SUPABASE_MANAGEMENT_TOKEN", token),
      baseUrl: `${cloud.url()}/supabase`,
      organization: "atoll-local",
      projectUrl: (ref) => `${cloud.url()}/supabase/projects/${ref}`,
      pollMs: 20,
      tickMs: 20,
    });
  const api = connect();
  const nextAt = (): Address => ({
    instance,
    name: `client-toko${++made}-prod-k3j9x2m5q${String(made).padStart(3, "0")}`,
  });
  return {
    api,
    connect,
    nextAt,
    /** Calls that wrote at Supabase since the last `forget`. */
    writes: async (): Promise<string[]> =>
      (await cloud.call("GET", "/control/log?provider=supabase&writes=1")).body.map(
        (each: { method: string; path: string }) => `${each.method} ${each.path}`,
      ),
    forget: () => cloud.call("DELETE", "/control/log"),
    plant: async (name: string): Promise<string> =>
      (await cloud.call("POST", "/control/plant", { provider: "supabase", name })).body.ref,
    order: (fault: object) => cloud.call("POST", "/control/faults", { provider: "supabase", ...fault }),
    async readyProject() {
      const at = nextAt();
      const { id } = await ensure(project(api), at, wantProject);
      const within = { instance, name: "x", within: id };
      await ensure(database(api), within, {});
      return { at: { ...at, id }, ref: id, within };
    },
  };
}
