import { locales } from "@atoll/business/modules";
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
    letters.runFailed({ instance: name, step: name, cause: name, next: name, undone: true, url }),
    letters.invitation({ by: name, role: "owner", url, validUntil: new Date(0) }),
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

test("no language is another one's copy", () => {
  const subjects = locales.map(
    (locale) => letters.requestReceived({ locale, name: "X", statusUrl: url }).subject,
  );
  expect(new Set(subjects).size).toBe(locales.length);
});
