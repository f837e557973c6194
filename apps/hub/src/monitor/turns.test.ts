import { expect, test } from "vitest";
import { openTurns } from "./turns.ts";

test("what fails is due again soon, and what goes well after its whole interval", async () => {
  let now = 0;
  let done = 0;
  let isDown = true;
  const turn = openTurns(() => now);
  const work = async () => {
    if (isDown) throw new Error("down");
    done++;
  };
  await expect(turn("old", 86_400_000, work)).rejects.toThrow("down");
  isDown = false;
  await turn("old", 86_400_000, work);
  expect(done).toBe(0); // not at once again and again
  now = 10_000;
  await turn("old", 86_400_000, work);
  now += 86_399_999;
  await turn("old", 86_400_000, work);
  expect(done).toBe(1);
  await turn("another", 1_000, work);
  now += 1;
  await turn("old", 86_400_000, work);
  expect(done).toBe(3);
});
