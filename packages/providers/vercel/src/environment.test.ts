import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { vercelApi } from "./api.ts";
import { environment } from "./environment.ts";
import type { VariableBody } from "./variables.ts";

const at = { instance: "abcdefghij0123456789", name: "environment", within: "prj_1" };
const key = new Secret("service-key", "canary-service-key-0123456789");
const want = { variables: { URL: { value: "https://a.test" }, KEY: { value: key } } };
const all = ["production", "preview", "development"] as const;

/** Vercel's list of variables, with its upsert: one variable for each key and set of targets. */
function vercel(envs: VariableBody[], failed: object[] = []) {
  const upsert = (sent: VariableBody) => {
    const there = envs.find((env) => env.key === sent.key && `${env.target}` === `${sent.target}`);
    const value = sent.type === "plain" ? sent.value : "";
    if (there) Object.assign(there, sent, { value, updatedAt: 2 });
    else envs.push({ ...sent, value, id: `env${envs.length + 1}`, updatedAt: 1 });
  };
  const { fetch, calls } = scripted(({ method, path, body }) => {
    const id = path.split("/").at(-1);
    if (method === "DELETE")
      envs.splice(
        envs.findIndex((env) => env.id === id),
        1,
      );
    if (method === "PATCH") Object.assign(envs.find((env) => env.id === id) ?? {}, body);
    if (method === "POST") for (const sent of body as VariableBody[]) upsert(sent); // what the resource sends
    return method === "GET" ? { body: { envs } } : { status: 201, body: { created: [], failed } };
  });
  const api = vercelApi({ token: new Secret("VERCEL_TOKEN", "canary-token-0123456789"), fetch });
  const resource = environment(api);
  const changes = async (wanted: Parameters<typeof resource.compare>[0] = want) => {
    const seen = await resource.observe(at);
    if (seen.is !== "present") throw new Error(seen.is);
    return resource.compare(wanted, seen.attrs);
  };
  const ensure = async (wanted: Parameters<typeof resource.compare>[0] = want) => {
    await resource.apply({ at, want: wanted, live: undefined, changes: [] });
  };
  const writes = () => calls.filter(({ method }) => method !== "GET");
  return { envs, resource, changes, ensure, writes };
}

describe("vercel.environment", () => {
  it("sets all at once, secrets so that nobody can read them back, and then needs nothing", async () => {
    const { ensure, changes, writes, envs } = vercel([]);
    await ensure();
    expect(writes()).toMatchObject([
      {
        path: "/v10/projects/prj_1/env",
        query: { upsert: "true" },
        body: [
          { key: "URL", value: "https://a.test", type: "plain", target: all },
          { key: "KEY", value: key.expose(), type: "sensitive", target: ["production", "preview"] },
        ],
      },
    ]);
    expect(await changes()).toEqual([]);
    await ensure();
    expect(writes()).toHaveLength(1);
    expect(JSON.stringify(envs.map(({ comment }) => comment))).not.toContain(key.expose());
  });

  it("names each target that was changed behind our back", async () => {
    const { ensure, changes, envs } = vercel([]);
    await ensure();
    for (const env of envs)
      if (env.key === "URL") Object.assign(env, { value: "https://evil.test", target: ["production"] });
    expect((await changes()).map(({ path, act }) => `${act} ${path}`)).toEqual([
      "update env.URL.production",
      "create env.URL.preview",
      "create env.URL.development",
    ]);
    await ensure();
    expect(await changes()).toEqual([]);
  });

  it("leaves the variables of others alone, in the same key too", async () => {
    const theirs = [
      { id: "t1", key: "THEIRS", value: "1", type: "plain", target: [...all] },
      { id: "t2", key: "URL", value: "branch", type: "plain", target: ["preview" as const], gitBranch: "x" },
      { id: "t3", key: "KEY", value: "", type: "encrypted", target: ["development" as const] },
    ];
    const { ensure, changes, envs } = vercel(structuredClone(theirs));
    await ensure();
    expect(await changes()).toEqual([]);
    expect(envs.filter(({ id }) => id?.startsWith("t"))).toEqual(theirs);
  });

  it("takes only its targets out of a variable that has more", async () => {
    const { ensure, changes, envs } = vercel([
      { id: "t1", key: "KEY", value: "", type: "encrypted", target: [...all] },
    ]);
    await ensure();
    expect(await changes()).toEqual([]);
    expect(envs.find(({ id }) => id === "t1")?.target).toEqual(["development"]);
  });

  it("removes what it set and no longer wants", async () => {
    const { ensure, changes, envs } = vercel([]);
    await ensure();
    const less = { variables: { URL: { value: "https://a.test" } } };
    expect((await changes(less)).map(({ path, act }) => `${act} ${path}`)).toEqual([
      "remove env.KEY.production",
      "remove env.KEY.preview",
    ]);
    await ensure(less);
    expect(envs.map((env) => env.key)).toEqual(["URL"]);
  });

  it("takes a 201 that refused something for a refusal, and says no secret", async () => {
    const error = { code: "BAD", key: "KEY", message: `invalid value ${key.expose()}` };
    const { ensure } = vercel([], [{ error }]);
    const fault: unknown = await ensure().catch((reason: unknown) => reason);
    expect(fault).toMatchObject({ kind: "rejected", what: expect.stringContaining("KEY: invalid value") });
    expect(JSON.stringify(fault) + String(fault)).not.toContain(key.expose());
  });

  it("refuses what Vercel would refuse before anything is sent", async () => {
    const { ensure, writes } = vercel([]);
    await expect(ensure({ variables: { KEY: { value: key, targets: all } } })).rejects.toMatchObject({
      kind: "rejected",
      field: "variables.KEY.targets",
    });
    expect(writes()).toEqual([]);
  });

  it("never shows a secret in a plan", async () => {
    const { changes } = vercel([]);
    expect(JSON.stringify(await changes())).not.toContain(key.expose());
  });
});
