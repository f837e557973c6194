import type { Deployed } from "@atoll/provider-kit/deployments";
import { expect, test } from "vitest";
import { chooseDeployment } from "./choose.ts";

const list: Deployed[] = [
  { id: "d4", createdAt: 4, state: "failed", isCurrent: false },
  { id: "d3", createdAt: 3, state: "ready", isCurrent: true },
  { id: "d2", createdAt: 2, state: "failed", isCurrent: false },
  { id: "d1", createdAt: 1, state: "ready", isCurrent: false },
];

test("without a name: back goes to the ready one before, promoting to the newest ready one", () => {
  expect(chooseDeployment(list, { do: "rollback" })).toMatchObject({ to: { id: "d1" }, isNewest: false });
  expect(chooseDeployment(list, { do: "promote" })).toMatchObject({ to: { id: "d3" }, isNewest: true });
  expect(chooseDeployment(list, { do: "redeploy" }).to.id).toBe("d3");
});

test("what cannot be shown, is not there, or is no way back is refused with its field", () => {
  const field = { field: "deployment" };
  const choose = (asked: Parameters<typeof chooseDeployment>[1]) => () => chooseDeployment(list, asked);
  expect(choose({ do: "rollback", deployment: "d2" })).toThrow(expect.objectContaining(field));
  expect(choose({ do: "rollback", deployment: "none" })).toThrow(expect.objectContaining(field));
  expect(() => chooseDeployment(list.slice(1, 2), { do: "rollback" })).toThrow(
    expect.objectContaining(field),
  );
  const back = list.map((each) => ({ ...each, isCurrent: each.id === "d1" }));
  expect(() => chooseDeployment(back, { do: "rollback", deployment: "d3" })).toThrow(
    expect.objectContaining(field),
  );
});
