import { createElement as h } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Body, Button, Container, Head, Hr, Html, Link, Preview, Section, Text } from "react-email";
import type { Letter } from "../services/outbox.ts";

/** A mail before it is set: React escapes every word of it in the HTML part. */
interface Draft {
  locale: string;
  subject: string;
  hello: string;
  lines: string[];
  /** Somebody's own words, set apart. */
  quote?: string;
  after?: string[];
  button?: { label: string; url: string; orOpen: string };
  footer: string;
}

const ink = { color: "#1f2933", fontSize: "16px", lineHeight: "24px" };
const faint = { ...ink, color: "#52606d", fontSize: "14px" };
const quoted = { ...ink, borderLeft: "3px solid #0f766e", margin: "0 0 16px", padding: "4px 0 4px 16px" };
const button = {
  backgroundColor: "#0f766e",
  borderRadius: "6px",
  color: "#ffffff",
  fontSize: "16px",
  padding: "12px 24px",
};

// Without JSX: Node runs these files as they are, and strips types only.
function page(draft: Draft) {
  const texts = (lines: string[]) => lines.map((line) => h(Text, { key: line, style: ink }, line));
  return h(
    Html,
    { lang: draft.locale },
    h(Head, null),
    h(Preview, null, draft.lines[0] ?? draft.subject),
    h(
      Body,
      // Without it, react-email says that the body is English, whatever the page is.
      {
        lang: draft.locale,
        style: { backgroundColor: "#ffffff", fontFamily: "system-ui, Helvetica, Arial, sans-serif" },
      },
      h(
        Container,
        { style: { maxWidth: "560px", padding: "24px" } },
        ...texts([draft.hello, ...draft.lines]),
        draft.quote === undefined
          ? null
          : h(Text, { style: { ...quoted, whiteSpace: "pre-wrap" } }, draft.quote),
        ...texts(draft.after ?? []),
        draft.button === undefined
          ? null
          : h(
              Section,
              null,
              h(Button, { href: draft.button.url, style: button }, draft.button.label),
              h(
                Text,
                { style: faint },
                `${draft.button.orOpen} `,
                h(Link, { href: draft.button.url }, draft.button.url),
              ),
            ),
        h(Hr, null),
        h(Text, { style: faint }, draft.footer),
      ),
    ),
  );
}

/** Sets a mail: one line as subject, HTML, and the same in plain text. */
export function letterOf(draft: Draft): Letter {
  const { hello, lines, quote, after = [], button: link, footer } = draft;
  const text = [
    hello,
    ...lines,
    ...(quote === undefined ? [] : [quote.replace(/^/gm, "> ")]),
    ...after,
    ...(link === undefined ? [] : [`${link.label}: ${link.url}`]),
    `--\n${footer}`,
  ];
  return {
    // A line break in a subject would begin another header.
    subject: draft.subject.replace(/[\s\p{Cc}]+/gu, " ").trim(),
    html: `<!DOCTYPE html>${renderToStaticMarkup(page(draft))}`,
    text: `${text.join("\n\n")}\n`,
  };
}
