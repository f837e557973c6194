import { expect, test } from "vitest";
import type { Query } from "./database.ts";
import { openLook } from "./look.ts";

/** A story that grows by one event each time somebody asks the database. */
function growing() {
  let asked = 0;
  const query = async () => {
    asked += 1;
    return Array.from({ length: asked }, (_, index) => ({
      state: "running",
      seq: index + 1,
      at: new Date(0),
      event: { type: "run", state: "running", kind: "provision" },
    }));
  };
  return { look: openLook(query as unknown as Query), asked: () => asked }; // rows of the one statement that it sends
}

test("those who ask before a look begins share it; whoever comes later gets a look of their own", async () => {
  const { look, asked } = growing();
  const [first, second] = await Promise.all([look("run", 0), look("run", 0)]);
  expect(asked()).toBe(1);
  expect(first?.events).toHaveLength(1);
  expect(second).toBe(first);
  expect((await look("run", 0))?.events).toHaveLength(2);
});

test("other runs and other places have looks of their own", async () => {
  const { look, asked } = growing();
  await Promise.all([look("run", 0), look("run", 1), look("other", 0)]);
  expect(asked()).toBe(3);
});

test("a look that fails does not stand in the way of the next one", async () => {
  let down = true;
  const look = openLook(async () => {
    if (down) throw new Error("The database is away.");
    return [];
  });
  await expect(Promise.all([look("run", 0), look("run", 0)])).rejects.toThrow("away");
  down = false;
  expect(await look("run", 0)).toBeUndefined();
});
