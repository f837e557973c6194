import { expect, test } from "vitest";
import { openRecent } from "./recent.ts";

test("what was asked for longest ago is forgotten, and what failed is made again", async () => {
  const made: string[] = [];
  const recent = openRecent<string>(2);
  const ask = (name: string) =>
    recent(name, async () => {
      made.push(name);
      if (name === "broken") throw new Error("not yet");
      return name;
    });

  expect(await ask("a")).toBe("a");
  await ask("b");
  await ask("a");
  await ask("c");
  await ask("a");
  expect(made).toEqual(["a", "b", "c"]);
  await ask("b");
  expect(made).toEqual(["a", "b", "c", "b"]);

  await expect(ask("broken")).rejects.toThrow("not yet");
  await expect(ask("broken")).rejects.toThrow("not yet");
  expect(made.filter((name) => name === "broken")).toHaveLength(2);
});

test("of those who ask at once for the same, one has it made", async () => {
  let made = 0;
  const recent = openRecent<number>(2);
  const make = async () => (made += 1);
  expect(await Promise.all([recent("a", make), recent("a", make)])).toEqual([1, 1]);
});
