import { expect, test } from "vitest";
import { coalesce } from "./coalesce.ts";

/** A clock that a test moves: sleepers wake when their time has come. */
function handClock() {
  let nowMs = 0;
  let sleepers: { atMs: number; wake: () => void }[] = [];
  return {
    now: () => nowMs,
    sleep: (ms: number) =>
      new Promise<void>((wake) => {
        sleepers.push({ atMs: nowMs + ms, wake });
      }),
    async pass(ms: number) {
      nowMs += ms;
      const due = sleepers.filter(({ atMs }) => atMs <= nowMs);
      sleepers = sleepers.filter(({ atMs }) => atMs > nowMs);
      for (const { wake } of due) wake();
      for (let n = 0; n < 10; n++) await Promise.resolve(); // lets the woken go on
    },
  };
}

function reader() {
  const reads: number[][] = [];
  const clock = handClock();
  const read = coalesce<number, string>({
    clock,
    tickMs: () => 1_000,
    async read(keys) {
      reads.push(keys.toSorted());
      return new Map(keys.filter((key) => key < 9_000).map((key) => [key, `thing ${key}`]));
    },
  });
  return { reads, clock, read };
}

test("a thousand who ask within one tick cost one read, and each gets its own", async () => {
  const { reads, clock, read } = reader();
  const asked = Array.from({ length: 1_000 }, (_, key) => read(key));
  await clock.pass(10);
  expect(await Promise.all(asked)).toEqual(Array.from({ length: 1_000 }, (_, key) => `thing ${key}`));
  expect(reads).toHaveLength(1);
});

test("who asks while a read is out gets a younger one, a tick later at the earliest", async () => {
  const { reads, clock, read } = reader();
  const one = read(1);
  await clock.pass(10);
  expect(await one).toBe("thing 1");
  const more = [read(2), read(3), read(2)];
  await clock.pass(990);
  expect(reads).toEqual([[1]]);
  await clock.pass(10);
  expect(await Promise.all(more)).toEqual(["thing 2", "thing 3", "thing 2"]);
  expect(reads).toEqual([[1], [2, 3]]);
});

test("what is not in the answer is not there; a failed read fails those who asked and no others", async () => {
  const { clock, read } = reader();
  const missing = read(9_001);
  await clock.pass(10);
  expect(await missing).toBeUndefined();
  let down = true;
  const flaky = coalesce<number, string>({
    clock,
    tickMs: () => 0,
    async read(keys) {
      if (down) throw new Error("down");
      return new Map(keys.map((key) => [key, "up"]));
    },
  });
  const failing = Promise.allSettled([flaky(1), flaky(2)]);
  await clock.pass(10);
  expect((await failing).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  down = false;
  const fine = flaky(1);
  await clock.pass(10);
  expect(await fine).toBe("up");
});
