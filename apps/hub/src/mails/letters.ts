import type { Locale } from "@atoll/blueprint-kit/locales";
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

const short = (text: string) => (text.length > 80 ? `${text.slice(0, 79).toWellFormed()}…` : text);

/** The hub's mails as they go out. Askers get them in their language; the team in English where no language is named. */
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

  runFailed({ locale = "en", instance, step, cause, next, undone, url }) {
    const { hello, orOpen, failed } = words[locale];
    return letterOf({
      locale,
      hello,
      subject: `${failed.subject(instance)}${step === undefined ? "" : `: ${step}`}`,
      lines: step === undefined ? failed.lines(instance) : failed.linesAt(instance, step),
      quote: cause,
      after: [failed.next(next), undone ? failed.undone : failed.owed],
      button: { label: failed.button, url, orOpen },
      footer: failed.footer,
    });
  },

  schemaDrift({ locale = "en", instance, paths, url }) {
    const { hello, orOpen, failed, drift } = words[locale];
    const shown = paths.slice(0, 10);
    const more = paths.length - shown.length;
    return letterOf({
      locale,
      hello,
      subject: drift.subject(instance),
      lines: drift.lines(instance),
      quote: [...shown, ...(more > 0 ? [drift.more(more)] : [])].join("\n"),
      after: [drift.after],
      button: { label: drift.button, url, orOpen },
      footer: failed.footer,
    });
  },

  incidentOpened({ locale = "en", of, what, next, url }) {
    const { hello, orOpen, failed, incident } = words[locale];
    return letterOf({
      locale,
      hello,
      subject: incident.subject(of),
      lines: incident.lines(of),
      quote: what,
      after: [failed.next(next), incident.after],
      button: { label: incident.button, url, orOpen },
      footer: failed.footer,
    });
  },

  incidentClosed({ locale = "en", of, what, ending, url }) {
    const { hello, orOpen, failed, allClear } = words[locale];
    return letterOf({
      locale,
      hello,
      subject: allClear.subject(of),
      lines: [...allClear.lines(of), ending],
      quote: what,
      button: { label: allClear.button, url, orOpen },
      footer: failed.footer,
    });
  },

  teamInvitation({ locale = "en", client, role, isNew, url }) {
    const { hello, orOpen, teamInvitation } = words[locale];
    const { roles, subject, lines, fresh, known, button, after, footer } = teamInvitation;
    const called = Object.entries(roles).find(([name]) => name === role)?.[1] ?? role;
    return letterOf({
      locale,
      hello,
      subject: subject(client),
      lines: [...lines(client, called), isNew ? fresh : known],
      after: [after],
      button: { label: button, url, orOpen },
      footer,
    });
  },

  instanceDrift({ locale = "en", instance, differences, comesBack, url }) {
    const { hello, orOpen, failed, drift, instanceDrift } = words[locale];
    const shown = differences
      .slice(0, 10)
      .map(
        ({ path, from, to }) =>
          `${path}${from === undefined ? "" : `: ${short(from)}`}${to === undefined ? "" : ` → ${short(to)}`}`,
      );
    const more = differences.length - shown.length;
    return letterOf({
      locale,
      hello,
      subject: comesBack ? instanceDrift.subjectBack(instance) : instanceDrift.subject(instance),
      lines: instanceDrift.lines(instance),
      quote: [...shown, ...(more > 0 ? [drift.more(more)] : [])].join("\n"),
      after: [...(comesBack ? [instanceDrift.comesBack] : []), instanceDrift.after],
      button: { label: drift.button, url, orOpen },
      footer: failed.footer,
    });
  },

  massDrift({ locale = "en", count, instances, url }) {
    const { hello, orOpen, failed, drift, massDrift } = words[locale];
    const more = count - instances.length;
    return letterOf({
      locale,
      hello,
      subject: massDrift.subject(count),
      lines: massDrift.lines(count),
      quote: [...instances, ...(more > 0 ? [drift.more(more)] : [])].join("\n"),
      after: [massDrift.after],
      button: { label: drift.button, url, orOpen },
      footer: failed.footer,
    });
  },

  invitation({ locale = "en", by, role, url, validUntil }) {
    const { hello, orOpen, invitation } = words[locale];
    const until = validUntil.toISOString().slice(0, 16).replace("T", " ");
    return letterOf({
      locale,
      hello,
      subject: invitation.subject,
      lines: invitation.lines(by, role, until),
      button: { label: invitation.button, url, orOpen },
      footer: invitation.footer,
    });
  },
};
