import { inspect } from "node:util";
import { Fault } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import { resend, resendApi } from "@atoll/email/resend";
import { send } from "@atoll/email/send";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { businessOn } from "../support/hub.ts";
import type { Wires } from "./case.ts";
import { echoingWires, mortalWires, wiresOf, yardOf } from "./yard.ts";

let cloud: TestCloud;

beforeAll(async () => {
  const quick = ["--light", "--latency", "instant", "--no-rate-limits"];
  cloud = await testCloud([...quick, "--smtp-port", "0", "--site-port", "14800"]);
});

afterAll(() => cloud?.stop());

const yard = yardOf(() => cloud, "resend");

/** The action as a started process has it. */
const process = (wires: Wires = wiresOf(yard)) =>
  send(
    resend(
      resendApi({
        ...wires,
        token: new Secret("RESEND_API_KEY", cloud.tokens.resend),
        baseUrl: `${cloud.url}/resend`,
      }),
      "Atoll <hello@atoll.local>",
    ),
  );

const password = "Canary-4711-temporary";
const mail = (to: string) => ({
  to,
  subject: "Welcome",
  html: `<p>${password}</p>`,
  text: `Your password: ${password}`,
});

async function arrived(to: string): Promise<number> {
  const answer = await fetch(`${cloud.url}/mailbox/api?search=${encodeURIComponent(to)}`);
  return ((await answer.json()) as unknown[]).length; // the mailbox gives a list
}

test("the business blueprint has no action that is not held against these laws", async () => {
  const { steps } = await businessOn(cloud);
  const kinds = steps.flatMap((step) => (step.does === "action" ? [step.action.kind] : []));
  expect(new Set(kinds)).toEqual(new Set([process().kind]));
});

test("the same key twice is one mail, another key another", async () => {
  const want = mail("twice@toko.example");
  const first = await process().run({ key: "welcome/twice", want });
  expect(await process().run({ key: "welcome/twice", want })).toEqual(first);
  expect(await arrived(want.to)).toBe(1);
  expect(await process().run({ key: "welcome/other", want })).not.toEqual(first);
  expect(await arrived(want.to)).toBe(2);
});

test.each(["lose-answer", "reset", "death"] as const)("after %s the same key is one mail", async (how) => {
  const want = mail(`${how}@toko.example`);
  const mortal = mortalWires(yard, "POST", 0);
  // More often than the client itself repeats: the process learns nothing, and the next one begins anew.
  if (how !== "death") await yard.order({ kind: how, method: "POST", times: 10 });
  const run = process(how === "death" ? mortal : wiresOf(yard)).run({ key: `welcome/${how}`, want });
  await expect(run).rejects.toBeInstanceOf(Fault);
  await yard.heal();
  expect(await arrived(want.to)).toBe(how === "reset" ? 0 : 1);
  await process().run({ key: `welcome/${how}`, want });
  expect(await arrived(want.to)).toBe(1);
});

test.each([400, 403, 422, 500])(
  "a %i that repeats what was sent shows neither token nor mail",
  async (status) => {
    const wires = echoingWires(yard, status, ["POST"]);
    const run = process(wires).run({ key: `welcome/${status}`, want: mail("echo@toko.example") });
    const fault: unknown = await run.catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Fault);
    const shown = `${inspect(fault)} ${JSON.stringify(fault)}`;
    expect(shown).not.toContain(cloud.tokens.resend);
    expect(shown).not.toContain(password);
  },
);
