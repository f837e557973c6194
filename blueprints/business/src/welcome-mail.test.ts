import { locales } from "@atoll/blueprint-kit/locales";
import { type Welcome, welcomeMail } from "@atoll/blueprint-kit/welcome-mail";
import { expect, test } from "vitest";
import { words } from "./words.ts";

const welcome: Welcome = {
  locale: "en",
  client: "Toko A",
  adminName: "Ana",
  adminEmail: "ana@toko.test",
  temporaryPassword: "Abcd-Efgh-Jkmn-Pqrs",
  url: "https://toko-a.example.com",
  supportEmail: "help@atoll.test",
};

test("both forms say address, login, one-time password, first steps and whom to ask, in each language", () => {
  const subjects = locales.map((locale) => {
    const mail = welcomeMail({ ...welcome, locale }, words[locale]);
    for (const body of [mail.html, mail.text])
      for (const part of [
        welcome.client,
        "Ana",
        welcome.adminEmail,
        welcome.temporaryPassword,
        welcome.url,
        welcome.supportEmail,
      ])
        expect(body, locale).toContain(part);
    expect([...new Set(mail.html.match(/ lang="[^"]*"/g))]).toEqual([` lang="${locale}"`]);
    expect(mail.html).toContain('href="https://toko-a.example.com"');
    return mail.subject;
  });
  expect(new Set(subjects).size).toBe(locales.length);
});

test("the same facts give the same mail, so that a retry is no second one", () => {
  expect(welcomeMail(welcome, words.en)).toEqual(welcomeMail({ ...welcome }, words.en));
});

test("what a client typed stays text", () => {
  const client = `<script>alert(1)</script>"'&<img src=x onerror=y>`;
  const { html, text } = welcomeMail(
    {
      ...welcome,
      client,
      adminName: `</p><a href="https://evil.test">x</a>`,
    },
    words.en,
  );
  expect(html).not.toContain("<script>");
  expect(html).not.toContain("<img");
  expect(html).not.toContain('href="https://evil.test"');
  expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(text).toContain(client);
});

test("somebody without a name is greeted by the address", () => {
  expect(welcomeMail({ ...welcome, adminName: undefined }, words.en).text).toContain("Hello ana@toko.test,");
});
