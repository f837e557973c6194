import { createElement as h } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Body, Button, Container, Head, Heading, Hr, Html, Link, Preview, Section, Text } from "react-email";
import type { Locale } from "./locales.ts";

/** A welcome mail's words in one language. */
export interface WelcomeWords {
  subject(client: string): string;
  preview: string;
  hello(name: string): string;
  ready(client: string): string;
  open: string;
  address: string;
  login: string;
  password: string;
  once: string;
  firstSteps: string;
  steps: readonly string[];
  help: string;
}

/** What the first admin is told. */
export interface Welcome {
  locale: Locale;
  client: string;
  adminName: string | undefined;
  adminEmail: string;
  /** Shown in clear: this mail is the only place that does. */
  temporaryPassword: string;
  /** Address of the finished instance. */
  url: string;
  supportEmail: string;
}

const ink = { color: "#1f2933", fontSize: "16px", lineHeight: "24px" };
const faint = { ...ink, color: "#52606d", fontSize: "14px", margin: "0" };
const value = { ...ink, margin: "0 0 12px" };
const box = { backgroundColor: "#f5f7fa", borderRadius: "8px", padding: "20px 24px 8px" };
const code = { ...value, fontFamily: "ui-monospace, Menlo, Consolas, monospace", fontSize: "18px" };
const button = {
  backgroundColor: "#0f609b",
  borderRadius: "6px",
  color: "#ffffff",
  fontSize: "16px",
  padding: "12px 24px",
};

// Written without JSX: Node runs these files as they are, and strips types only.
function page(mail: Welcome, text: WelcomeWords) {
  const fact = (label: string, ...children: Parameters<typeof h>[2][]) => [
    h(Text, { key: label, style: faint }, label),
    ...children,
  ];
  return h(
    Html,
    { lang: mail.locale },
    h(Head, null),
    h(Preview, null, text.preview),
    h(
      Body,
      {
        // Without it, react-email says that the body is English, whatever the page is.
        lang: mail.locale,
        style: { backgroundColor: "#ffffff", fontFamily: "system-ui, Helvetica, Arial, sans-serif" },
      },
      h(
        Container,
        { style: { maxWidth: "560px", padding: "24px" } },
        h(
          Heading,
          { as: "h1", style: { ...ink, fontSize: "24px", lineHeight: "32px" } },
          text.subject(mail.client),
        ),
        h(Text, { style: ink }, text.hello(mail.adminName ?? mail.adminEmail)),
        h(Text, { style: ink }, text.ready(mail.client)),
        h(
          Section,
          { style: box },
          ...fact(text.address, h(Text, { key: "url", style: value }, h(Link, { href: mail.url }, mail.url))),
          ...fact(text.login, h(Text, { key: "login", style: value }, mail.adminEmail)),
          ...fact(text.password, h(Text, { key: "code", style: code }, mail.temporaryPassword)),
        ),
        h(Text, { style: faint }, text.once),
        h(Section, { style: { padding: "20px 0" } }, h(Button, { href: mail.url, style: button }, text.open)),
        h(Heading, { as: "h2", style: { ...ink, fontSize: "18px" } }, text.firstSteps),
        h("ol", { style: ink }, ...text.steps.map((step) => h("li", { key: step }, step))),
        h(Hr, null),
        h(
          Text,
          { style: faint },
          `${text.help} `,
          h(Link, { href: `mailto:${mail.supportEmail}` }, mail.supportEmail),
        ),
      ),
    ),
  );
}

/** The same in plain text, for programs that show no HTML. */
function plain(mail: Welcome, text: WelcomeWords): string {
  return [
    text.hello(mail.adminName ?? mail.adminEmail),
    "",
    text.ready(mail.client),
    "",
    `${text.address}: ${mail.url}`,
    `${text.login}: ${mail.adminEmail}`,
    `${text.password}: ${mail.temporaryPassword}`,
    "",
    text.once,
    "",
    `${text.firstSteps}:`,
    ...text.steps.map((step, index) => `${index + 1}. ${step}`),
    "",
    `${text.help} ${mail.supportEmail}`,
    "",
  ].join("\n");
}

/** The welcome mail in both forms. React escapes whatever the client typed. */
export function welcomeMail(
  mail: Welcome,
  words: WelcomeWords,
): { subject: string; html: string; text: string } {
  return {
    subject: words.subject(mail.client),
    html: `<!DOCTYPE html>${renderToStaticMarkup(page(mail, words))}`,
    text: plain(mail, words),
  };
}
