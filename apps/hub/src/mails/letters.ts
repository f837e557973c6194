import type { Locale } from "@atoll/business/modules";
import type { Letters } from "../services/letters.ts";
import { letterOf } from "./frame.ts";
import { en, type Words } from "./words/en.ts";
import { fr } from "./words/fr.ts";
import { id } from "./words/id.ts";

const words: Record<Locale, Words> = { en, fr, id };

function toAsker(
  kind: "confirm" | "received" | "approved",
  { locale, name, url }: { locale: Locale; name: string; url: string },
) {
  const { hello, footer, orOpen } = words[locale];
  const { subject, lines, button } = words[locale][kind];
  return letterOf({
    locale,
    hello,
    footer,
    subject: subject(name),
    lines: lines(name),
    button: { label: button, url, orOpen },
  });
}

const ours = { locale: "en", hello: "Hello," };

/** The hub's mails as they go out. Askers get them in their language, the team in English. */
export const letters: Letters = {
  confirmAddress: (data) => toAsker("confirm", data),
  requestReceived: ({ statusUrl: url, ...data }) => toAsker("received", { ...data, url }),
  requestApproved: ({ statusUrl: url, ...data }) => toAsker("approved", { ...data, url }),

  requestRejected({ locale, name, reason }) {
    const { hello, footer, rejected } = words[locale];
    const { subject, lines, after } = rejected;
    return letterOf({
      locale,
      hello,
      footer,
      subject: subject(name),
      lines: lines(name),
      quote: reason,
      after: [after],
    });
  },

  runFailed({ instance, step, cause, next, undone, url }) {
    return letterOf({
      ...ours,
      subject: `${instance} could not be set up${step === undefined ? "" : `: ${step}`}`,
      lines: [`the run on ${instance} failed${step === undefined ? "" : ` at the step “${step}”`}:`],
      quote: cause,
      after: [
        `What to do: ${next}`,
        undone
          ? "Everything that it had made was removed; it can be retried."
          : "Not everything that it had made is removed: the run's page shows what is left.",
      ],
      button: { label: "Look at it", url, orOpen: "Or open this address:" },
      footer: "You get this mail because you look after this hub. Settings, Alerts says who does.",
    });
  },

  invitation({ by, role, url, validUntil }) {
    return letterOf({
      ...ours,
      subject: "You are invited to Atoll",
      lines: [
        `${by} invites you to look after instances with the role ${role}.`,
        `The link works once, until ${validUntil.toISOString().slice(0, 16).replace("T", " ")} UTC.`,
      ],
      button: { label: "Accept", url, orOpen: "Or open this address:" },
      footer: "If you do not know what this is about, you need not do anything.",
    });
  },
};
