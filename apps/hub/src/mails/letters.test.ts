import { locales } from "@atoll/blueprint-kit/locales";
import { describe, expect, test } from "vitest";
import { letters } from "./letters.ts";

const hostile = 'Toko <script>alert(1)</script> "&\r\nBcc: eve@evil.example';
const url = "https://hub.example/ask/status?token=a.b&x=1";

const all = (name: string) =>
  locales.flatMap((locale) => [
    letters.confirmAddress({ locale, name, url }),
    letters.requestReceived({ locale, name, statusUrl: url }),
    letters.requestApproved({ locale, name, statusUrl: url }),
    letters.requestRejected({ locale, name, reason: `${name}\nsecond line` }),
    letters.runFailed({ locale, instance: name, step: name, cause: name, next: name, undone: true, url }),
    letters.instanceDrift({
      locale,
      instance: name,
      differences: [{ path: name, from: name, to: name }],
      comesBack: true,
      url,
    }),
    letters.massDrift({ locale, count: 21, instances: [name], url }),
    letters.teamInvitation({ locale, client: name, role: name, isNew: true, url }),
    letters.invitation({ locale, by: name, role: "owner", url, validUntil: new Date(0) }),
  ]);

test("what somebody typed stays text, and a subject stays one line", () => {
  for (const { subject, html } of all(hostile)) {
    expect(html).not.toContain("<script>");
    expect(subject).not.toMatch(/[\r\n]/);
  }
});

test("both parts hold the link and somebody's words", () => {
  for (const { html, text } of all("Toko A").filter((letter) => letter.text.includes("https://"))) {
    expect(text).toContain(url);
    expect(html).toContain(url.replace(/&/g, "&amp;"));
  }
  const { text } = letters.requestRejected({ locale: "fr", name: "Toko A", reason: "Pas\nmaintenant" });
  expect(text).toContain("> Pas\n> maintenant");
});

describe.each(locales)("in %s", (locale) => {
  test("each mail has a subject that names the client", () => {
    expect(letters.confirmAddress({ locale, name: "Toko A", url }).subject).toContain("Toko A");
    expect(letters.requestRejected({ locale, name: "Toko A", reason: "x" }).subject).toContain("Toko A");
  });
});

test("a failure says the step, the cause, what to do and what was undone", () => {
  const facts = { instance: "toko-a", step: "deployment", cause: "The build broke.", next: "Mend it.", url };
  for (const locale of locales) {
    const { html, text } = letters.runFailed({ locale, ...facts, undone: true });
    for (const part of [html, text])
      for (const fact of ["toko-a", "deployment", "The build broke.", "Mend it."])
        expect(part).toContain(fact);
    expect(text).not.toBe(letters.runFailed({ locale, ...facts, undone: false }).text);
  }
});

test("an invitation says who invites, as what, and until when", () => {
  for (const locale of locales) {
    const { text } = letters.invitation({
      locale,
      by: "Ana",
      role: "operator",
      url,
      validUntil: new Date("2026-11-28T09:30:00Z"),
    });
    for (const fact of ["Ana", "operator", url, "2026-11-28 09:30 UTC"]) expect(text).toContain(fact);
  }
});

test("no language is another one's copy, and each mail says in which it is", () => {
  const mails = all("X").map(({ subject, html }) => ({
    subject,
    languages: [...new Set(html.match(/(?<= lang=")[^"]*/g))],
  }));
  expect(mails.map(({ languages }) => languages)).toEqual(
    locales.flatMap((locale) => Array.from({ length: mails.length / locales.length }, () => [locale])),
  );
  expect(new Set(mails.map(({ subject }) => subject)).size).toBe(mails.length);
});
