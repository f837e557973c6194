import { type AddressInfo, createServer } from "node:net";
import { Fault } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import { localTokens } from "@atoll/local-cloud/kit/settings";
import { testCloud } from "@atoll/local-cloud/testing/cloud";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkResend, checkSmtp } from "./check.ts";
import { resend, resendApi } from "./resend.ts";
import { send } from "./send.ts";
import { smtp } from "./smtp.ts";

const from = "Atoll <hello@atoll.local>";
let cloud: Awaited<ReturnType<typeof testCloud>>;
let smtpUrl: string;
beforeAll(async () => {
  cloud = await testCloud();
  smtpUrl = (await cloud.call("GET", "/")).body.smtp.replace("smtp://", "smtp://me:pw4711@");
});
afterAll(() => cloud?.close());

const mail = (to: string) => ({
  to,
  subject: "Welcome\r\nBcc: thief@example.com",
  html: "<p>Grüße &amp; <b>x</b></p>",
  text: "Grüße",
  replyTo: "support@example.com",
});
const arrived = async (to: string) =>
  (await cloud.call("GET", `/mailbox/api?search=${encodeURIComponent(to)}`)).body;

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Fault)) throw new Error(`No fault but ${error}.`);
  expect(error.next).toMatch(/\w/);
  expect(JSON.stringify(error) + error.stack).not.toContain("4711");
  return error;
}

const overResend = (token: string = localTokens.resend) => {
  const api = resendApi({ token: new Secret("RESEND_API_KEY", token), baseUrl: `${cloud.url()}/resend` });
  return send(resend(api, from));
};
const overSmtp = (url = smtpUrl) => send(smtp({ url: new Secret("SMTP_URL", url), from }));

describe.each([
  ["Resend", () => overResend()],
  ["SMTP", () => overSmtp()],
])("by %s", (by, action) => {
  it("arrives as written, and a line break in the subject adds no header", async () => {
    const to = `one.${by}@example.com`;
    const { messageId } = await action().run({ key: `welcome/${by}`, want: mail(to) });
    expect(messageId).toMatch(/\w/);
    expect(await arrived(to)).toMatchObject([
      {
        to: [to],
        subject: "Welcome Bcc: thief@example.com",
        html: expect.stringContaining("Grüße"),
        text: expect.stringContaining("Grüße"),
        headers: { "reply-to": "support@example.com" },
      },
    ]);
    const receivers = (await arrived("thief")).flatMap((each: { to: string[] }) => each.to);
    expect(receivers).not.toContain("thief@example.com"); // stands in the subject only
  });

  it.each([
    "",
    "no address",
    "a@b.c, thief@b.c",
    "a@b.c\r\nBcc: thief@b.c",
    "A <a@b.c>",
    "a@b@c",
    "ö".repeat(300),
  ])("does not send to %j", async (to) => {
    const run = action().run({ key: "bad", want: mail(to) });
    expect(await faultOf(run)).toMatchObject({ kind: "rejected", field: "to" });
  });
});

describe("Resend", () => {
  it("sends once under one key, also when the answer to the first was lost", async () => {
    const to = "once@example.com";
    const order = { provider: "resend", kind: "lose-answer", method: "POST", times: 1 };
    await cloud.call("POST", "/control/faults", order);
    const first = await overResend().run({ key: "once", want: mail(to) });
    expect(await overResend().run({ key: "once", want: mail(to) })).toEqual(first);
    expect(await arrived(to)).toHaveLength(1);
  });

  it("does not send another text under a used key", async () => {
    await overResend().run({ key: "used", want: mail("used@example.com") });
    const run = overResend().run({ key: "used", want: { ...mail("used@example.com"), text: "Other" } });
    expect(await faultOf(run)).toMatchObject({ kind: "rejected", code: "invalid_idempotent_request" });
  });

  it("names a wrong key without showing it", async () => {
    const run = overResend("re_canary_4711").run({ key: "k", want: mail("a@example.com") });
    expect(await faultOf(run)).toMatchObject({ kind: "sign-in-again" });
  });

  it.each([
    [409, "concurrent_idempotent_requests", "try-again"],
    [429, "daily_quota_exceeded", "rejected"],
    [429, "monthly_quota_exceeded", "rejected"],
    [403, "validation_error", "rejected"],
    [422, "invalid_from_address", "rejected"],
    [401, "restricted_api_key", "sign-in-again"],
    [500, "application_error", "try-again"],
  ])("%i %s is %s", async (status, name, kind) => {
    const { fetch, calls } = scripted(() => ({ status, body: { statusCode: status, name, message: "No." } }));
    const clock = { now: () => 0, sleep: async () => {} };
    const api = resendApi({ token: new Secret("RESEND_API_KEY", "re_canary4711"), fetch, clock });
    const run = send(resend(api, from)).run({ key: "k", want: mail("a@example.com") });
    expect(await faultOf(run)).toMatchObject({ kind, code: name });
    if (kind !== "try-again") expect(calls).toHaveLength(1);
    expect(calls[0]?.headers.get("user-agent")).toBe("atoll");
    expect(calls[0]?.headers.get("idempotency-key")).toBe("k");
  });

  it("is checked without sending", async () => {
    const check = async (token: string, sender: string) => {
      const api = resendApi({ token: new Secret("RESEND_API_KEY", token), baseUrl: `${cloud.url()}/resend` });
      return await checkResend(api, sender);
    };
    expect(await check(localTokens.resend, from)).toMatchObject([{ ok: true }, { ok: true }]);
    expect(await check(localTokens.resend, "a@elsewhere.example")).toMatchObject([
      { ok: true },
      { ok: false, what: expect.stringContaining("elsewhere.example") },
    ]);
    expect(await check("re_wrong_4711", from)).toMatchObject([
      { ok: false, next: expect.stringMatching(/key|token/) },
    ]);
    const { fetch } = scripted(() => ({
      status: 401,
      body: { name: "restricted_api_key", message: "Only send" },
    }));
    const sendOnly = resendApi({ token: new Secret("RESEND_API_KEY", "re_x"), fetch });
    expect(await checkResend(sendOnly, from)).toMatchObject([{ ok: true }]);
  });
});

describe("SMTP", () => {
  /** A mail server that says its lines in turn, whatever it hears; then it hangs up. */
  async function serverSaying(...lines: string[]): Promise<string> {
    const server = createServer((socket) => {
      const left = [...lines];
      const say = () => {
        const line = left.shift();
        if (line === undefined) socket.destroy();
        else socket.write(`${line}\r\n`);
      };
      let inData = false;
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        const text = chunk.toString();
        if (inData && !text.endsWith("\r\n.\r\n")) return;
        inData = text.startsWith("DATA");
        say();
      });
      say();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    afterAll(() => new Promise((resolve) => server.close(resolve)));
    return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  }
  const hello = ["220 hi", "250 hello"];

  it.each([
    ["is full for now", [...hello, "451 try later"], "try-again"],
    ["knows no such receiver", [...hello, "250 ok", "550 unknown user"], "rejected"],
    ["refuses the text", [...hello, "250 ok", "250 ok", "354 go", "554 spam"], "rejected"],
    ["hangs up after the text", [...hello, "250 ok", "250 ok", "354 go"], "outcome-unknown"],
  ])("a server that %s", async (_, lines, kind) => {
    const run = overSmtp(await serverSaying(...lines)).run({ key: "k", want: mail("a@example.com") });
    expect(await faultOf(run)).toMatchObject({ kind });
  });

  it("a server that refuses the password", async () => {
    const url = (await serverSaying("220 hi", "250-hello\r\n250 AUTH PLAIN", "535 no such 4711")).replace(
      "//",
      "//me:no%20such%204711@",
    );
    expect(await faultOf(overSmtp(url).run({ key: "k", want: mail("a@example.com") }))).toMatchObject({
      kind: "sign-in-again",
    });
    expect(await checkSmtp(new Secret("SMTP_URL", url))).toMatchObject([{ ok: false }]);
  });

  it("nobody there", async () => {
    const run = overSmtp("smtp://127.0.0.1:1").run({ key: "k", want: mail("a@example.com") });
    expect(await faultOf(run)).toMatchObject({ kind: "try-again" });
  });

  it("the same key gives the same Message-ID", async () => {
    const ids = [];
    for (const key of ["same", "same", "other"])
      ids.push((await overSmtp().run({ key, want: mail("ids@example.com") })).messageId);
    expect(ids[0]).toMatch(/^<[0-9a-f]{32}@atoll\.local>$/);
    expect(new Set(ids).size).toBe(2);
    expect(
      (await arrived("ids@example.com")).map((each: { headers: object }) => each.headers),
    ).toContainEqual(expect.objectContaining({ "message-id": ids[0] }));
  });

  it("is checked without sending", async () => {
    expect(await checkSmtp(new Secret("SMTP_URL", smtpUrl))).toMatchObject([{ ok: true }]);
    expect(await checkSmtp(new Secret("SMTP_URL", "https://x:4711@y"))).toMatchObject([{ ok: false }]);
  });
});
