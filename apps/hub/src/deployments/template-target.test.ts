import type { Deployed } from "@atoll/provider-kit/deployments";
import { expect, test } from "vitest";
import type { TemplateTargetRow } from "./template-store.ts";
import { bringFurther, type TargetDesk } from "./template-target.ts";

const minuteMs = 60_000;

const row: TemplateTargetRow = {
  ...{ update_id: "template-1", instance_id: "i1", slug: "toko", instance_state: "live" },
  ...{ wave: 1, position: 1, state: "running", repository: "clients/toko", base: "b0" },
  ...{ pull_number: 7, pull_url: "https://github.example/7", merged: null, conflicts: [], attempts: 0 },
  ...{ said: null, waiting_since: null, waited_ms: 0, fault: null },
  ...{ due_at: new Date(0), started_at: new Date(0), ended_at: null },
};

interface Scene {
  preview?: Deployed;
  deployed?: Deployed[];
  previewsNeed?: string;
  timeScale?: number;
  /** It was merged as this. */
  mergeCommit?: string;
}

const built = (state: Deployed["state"], isCurrent = false): Deployed => ({
  ...{ id: "d1", commit: "merged", createdAt: 1, state, isCurrent },
});

/** A repository with an open pull request that can be merged, at a host that shows what a scene says. */
const deskOf = ({ preview, deployed = [], previewsNeed, timeScale = 1, mergeCommit }: Scene): TargetDesk => {
  const unexpected = () => Promise.reject(new Error("nobody asked for this"));
  return {
    commit: "theirs",
    options: { errorBudget: 0, approve: false, merge: true, concurrency: 1, attempts: 3 },
    timeScale,
    template: {
      ...{ name: "templates/app", newest: unexpected, plan: unexpected, bring: unexpected },
      merge: unexpected,
      pull: async (_, number) => ({
        ...{ number, url: "https://github.example/7", state: "open", merged: false, draft: false },
        ...{ mergeable: true, title: "", body: "", branch: "template", headSha: "head", base: "main" },
        ...(mergeCommit !== undefined && { state: "closed" as const, merged: true, mergeCommit }),
      }),
    },
    place: async () => ({
      ...{ repository: "clients/toko", siteId: "s1", kept: undefined, problems: async () => [] },
      deployments: {
        ...(previewsNeed !== undefined && { previewsNeed }),
        ...{ one: unexpected, redeploy: unexpected, rollBack: unexpected, promote: unexpected },
        list: async () => deployed,
        preview: async () => preview,
      },
    }),
  };
};

/** The outcome after it has said the same for so long. */
async function after(waitedMs: number, of: Partial<TemplateTargetRow>, scene: Scene) {
  const desk = deskOf(scene);
  const first = await bringFurther({ ...row, ...of }, desk);
  return bringFurther({ ...row, ...of, said: first.said, waited_ms: waitedMs }, desk);
}

test("a preview that never comes is a failure with its name, and nothing is merged", async () => {
  expect(await after(14 * minuteMs, {}, {})).toMatchObject({ is: "waiting", said: "waits for its preview" });
  const late = await after(16 * minuteMs, {}, { previewsNeed: "Turn previews on." });
  expect(late).toMatchObject({
    is: "failed",
    fault: {
      what: expect.stringContaining("no preview"),
      next: expect.stringContaining("Turn previews on."),
    },
  });
  const building = { preview: built("building") };
  expect(await after(16 * minuteMs, {}, building)).toMatchObject({ is: "waiting" });
  expect(await after(61 * minuteMs, {}, building)).toMatchObject({ is: "failed" });
});

test("a deployment that never comes is a failure with its name", async () => {
  const merged = { merged: "merged" };
  expect(await after(14 * minuteMs, merged, {})).toMatchObject({ is: "waiting" });
  expect(await after(16 * minuteMs, merged, {})).toMatchObject({
    is: "failed",
    fault: { what: expect.stringContaining("began no deployment") },
  });
  expect(await after(61 * minuteMs, merged, { deployed: [built("building")] })).toMatchObject({
    is: "failed",
  });
  expect(await after(11 * minuteMs, merged, { deployed: [built("ready")] })).toMatchObject({ is: "failed" });
  expect(await after(99 * minuteMs, merged, { deployed: [built("ready", true)] })).toMatchObject({
    is: "done",
  });
});

test("waits count for one thing only, faster in a trial, and a person is waited for without end", async () => {
  const desk = deskOf({});
  const other = await bringFurther({ ...row, said: "something else", waited_ms: 99 * minuteMs }, desk);
  expect(other.is).toBe("waiting");
  expect(await after(2 * minuteMs, {}, { timeScale: 10 })).toMatchObject({ is: "failed" });
  const conflict = { conflicts: [{ path: "a.txt", why: "both" }] };
  expect(await after(999 * minuteMs, conflict, {})).toMatchObject({ is: "waiting" });
});

test("what was pushed after the merge is not taken for it", async () => {
  const later: Deployed = { ...built("ready", true), id: "d2", commit: "somebody's", createdAt: 2 };
  const scene: Scene = { mergeCommit: "merged", deployed: [later, built("ready")] };
  expect(await bringFurther(row, deskOf(scene))).toMatchObject({
    is: "done",
    merged: "merged",
    said: "is live, with what came after it",
  });
  const early: Scene = { mergeCommit: "merged", deployed: [{ ...later, createdAt: 0 }] };
  expect(await bringFurther(row, deskOf(early))).toMatchObject({
    is: "waiting",
    merged: "merged",
    said: "was merged; waits for its deployment",
  });
});
