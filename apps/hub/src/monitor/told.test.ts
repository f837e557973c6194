import { expect, test } from "vitest";
import { type Seen, wrongIn } from "./told.ts";

const present = (attrs: object, owner: "us" | "other" = "us"): Seen => ({
  is: "present",
  id: "1",
  owner,
  attrs,
});
const of = (kind: string, attrs: Record<string, unknown> = {}) => ({ kind, name: "toko", attrs });

test.each<[string, ReturnType<typeof of>, Seen, string | undefined]>([
  ["gone", of("n8n.workflow"), { is: "absent" }, '"toko" is gone.'],
  ["another's", of("n8n.workflow"), present({}, "other"), '"toko" is not ours any more.'],
  ["on its way", of("vercel.deployment"), { is: "settling", id: "1", retryInMs: 1 }, undefined],
  ["ready", of("vercel.deployment"), present({ readyState: "READY" }), undefined],
  [
    "failed",
    of("vercel.deployment"),
    present({ readyState: "ERROR" }),
    "the provider says that it is ERROR.",
  ],
  ["ready at Netlify", of("netlify.deployment"), present({ state: "ready" }), undefined],
  ["published", of("n8n.workflow", { active: true }), present({ active: true }), undefined],
  [
    "unpublished",
    of("n8n.workflow", { active: true }),
    present({ active: false }),
    'the workflow "toko" is not published.',
  ],
  ["never published", of("n8n.workflow", { active: false }), present({ active: false }), undefined],
  [
    "archived",
    of("n8n.workflow", { active: false }),
    present({ active: false, archived: true }),
    'the workflow "toko" is archived.',
  ],
])("%s", (_, watched, seen, problem) => {
  expect(wrongIn(watched, seen)).toBe(problem);
});
