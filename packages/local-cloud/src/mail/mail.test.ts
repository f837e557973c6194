import nodemailer from "nodemailer";
import { Resend } from "resend";
import { afterAll, expect, test } from "vitest";
import { localTokens } from "../kit/settings.ts";
import { testCloud } from "../testing/cloud.ts";

const cloud = await testCloud();
afterAll(() => cloud.close());
const resend = new Resend(localTokens.resend, { baseUrl: `${cloud.url()}/resend` });
const mail = {
  from: "Atoll <hello@atoll.local>",
  to: "ada@example.com",
  subject: "Welcome <b>",
  html: "<p>Hi</p><script>alert(1)</script>",
  text: "Hi",
};
const box = async (search: string) =>
  (await cloud.call("GET", `/mailbox/api?search=${search}`)).body as {
    subject: string;
    to: string[];
    by: string;
    text: string;
    id: string;
  }[];

test("a mail sent by Resend's own client lands in the mailbox, once for each idempotency key", async () => {
  const first = await resend.emails.send(mail, { idempotencyKey: "welcome/1" });
  const again = await resend.emails.send(mail, { idempotencyKey: "welcome/1" });
  expect(first.error).toBeNull();
  expect(again.data?.id).toBe(first.data?.id);
  expect(await box("ada@example.com")).toHaveLength(1);
  const other = await resend.emails.send({ ...mail, subject: "Another" }, { idempotencyKey: "welcome/1" });
  expect(other.error).toMatchObject({ name: "invalid_idempotent_request", statusCode: 409 });
  expect((await resend.emails.get(first.data?.id ?? "")).data).toMatchObject({
    subject: "Welcome <b>",
    last_event: "delivered",
  });
});

test("what Resend refuses is refused", async () => {
  expect((await resend.emails.send({ ...mail, to: "no address" })).error?.name).toBe("validation_error");
  expect((await resend.emails.send({ ...mail, tags: [{ name: "to", value: "a@b.c" }] })).error?.name).toBe(
    "validation_error",
  );
  expect(
    (await new Resend("re_wrong", { baseUrl: `${cloud.url()}/resend` }).emails.send(mail)).error?.name,
  ).toBe("invalid_api_key");
});

test("a mail sent by SMTP lands there too", async () => {
  const { body } = await cloud.call("GET", "/");
  const transport = nodemailer.createTransport(body.smtp);
  await transport.sendMail({ ...mail, to: "smtp@example.com" });
  transport.close();
  const [found] = await box("smtp@example.com");
  expect(found).toMatchObject({ by: "smtp", subject: "Welcome <b>", text: "Hi\n", to: ["smtp@example.com"] });
});

test("the mailbox page escapes what mails say and shows their HTML in a frame that runs nothing", async () => {
  const { body, headers } = await cloud.call("GET", "/mailbox");
  expect(body).toContain("Welcome &lt;b&gt;");
  expect(body).not.toContain("Welcome <b>");
  const [found] = await box("ada@example.com");
  const one = await cloud.call("GET", `/mailbox/${found?.id}`);
  expect(one.body).toContain('sandbox="allow-popups"');
  expect(one.body).not.toContain("<script>");
  expect(one.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(headers.get("content-type")).toContain("text/html");
});
