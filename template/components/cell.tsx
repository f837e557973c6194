import type { Locale } from "@/lib/client-config";
import type { Column } from "@/lib/modules";
import { nameOf, type Row } from "@/lib/records";
import { When } from "./when";

/** One value of a row as people read it. Everything is text to React: nothing typed becomes markup. */
export function Cell({ column, row, locale }: { column: Column; row: Row; locale: Locale }) {
  const value = row[column.name];
  if (value === null || value === undefined || value === "") return <span className="none">–</span>;
  const text = String(value);
  switch (column.shown) {
    case "link":
      return nameOf(value) || <span className="none">–</span>;
    case "email":
      return <a href={`mailto:${encodeURIComponent(text).replace("%40", "@")}`}>{text}</a>;
    case "phone":
      return <a href={`tel:${text.replace(/[^+\d]/g, "")}`}>{text}</a>;
    case "date":
      return <When at={text} locale={locale} />;
    case "money":
      return <span className="number">{money(text, row.currency, locale)}</span>;
    case "badge":
      return <span className={`badge ${tone(text)}`}>{text.replaceAll("_", " ")}</span>;
    case "text":
      return text.length > 160 ? `${text.slice(0, 160)}…` : text;
  }
}

function money(amount: string, currency: unknown, locale: Locale): string {
  const number = Number(amount);
  if (!Number.isFinite(number)) return amount;
  const code = typeof currency === "string" && /^[A-Z]{3}$/.test(currency) ? currency : undefined;
  return new Intl.NumberFormat(locale, code ? { style: "currency", currency: code } : {}).format(number);
}

function tone(status: string): string {
  if (["active", "sent", "published", "won", "customer", "connected"].includes(status)) return "good";
  if (["failed", "lost", "error", "disconnected", "unsubscribed"].includes(status)) return "bad";
  if (["scheduled", "proposal", "negotiation", "sending", "qualified"].includes(status)) return "soon";
  return "plain";
}
