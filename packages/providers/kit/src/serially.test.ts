import { expect, test } from "vitest";
import { serially } from "./serially.ts";

test("work with one key goes one after the other in order, a failure stops none, other keys go beside it", async () => {
  const story: string[] = [];
  const open: Record<string, () => void> = {};
  const work = (name: string) => async () => {
    story.push(`${name} begins`);
    await new Promise<void>((resolve) => {
      open[name] = resolve;
    });
    story.push(`${name} ends`);
    if (name === "a") throw new Error("a failed");
    return name;
  };
  const a = serially("repository", work("a"));
  const b = serially("repository", work("b"));
  const c = serially("another", work("c"));
  await expect.poll(() => story).toEqual(["a begins", "c begins"]);
  open.c?.();
  open.a?.();
  await expect(a).rejects.toThrow("a failed");
  await expect.poll(() => story).toContain("b begins");
  open.b?.();
  expect(await Promise.all([b, c])).toEqual(["b", "c"]);
  expect(story.indexOf("a ends")).toBeLessThan(story.indexOf("b begins"));
});
