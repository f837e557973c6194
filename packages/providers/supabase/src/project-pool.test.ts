import type { Observed, Resource } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import { expect, test } from "vitest";
import type { SupabaseApi } from "./api.ts";
import type { ProjectAttrs, ProjectIn } from "./project.ts";
import { fromPool, type WarmProjects } from "./project-pool.ts";

const at = { instance: "instance", name: "client-toko-prod-k3j9x2m5q8w1" };
const want: ProjectIn = { region: "eu-central-1", databasePassword: new Secret("database password", "x") };

test("a claim whose project is gone, and that the pool does not end, is asked for once: one is made", async () => {
  let asked = 0;
  const absent: Observed<ProjectAttrs> = { is: "absent" };
  const blank = { observe: async () => absent, apply: async () => "made" };
  const warm = { ref: "gone", name: "atoll-pool-a" };
  const pool: WarmProjects = {
    claimed: async () => warm,
    claim: async () => {
      asked += 1;
      if (asked > 5) throw new Error("It is asked for again and again.");
      return warm;
    },
    discard: async () => {},
    removed: async () => {},
  };
  // Neither the API nor more of the resource is used on this way.
  const resource = fromPool({} as SupabaseApi, blank as unknown as Resource<ProjectIn, ProjectAttrs>, pool);
  const job = { at, want, live: undefined, changes: [{ path: "", act: "create" as const }] };
  expect(await resource.apply(job)).toBe("made");
});
