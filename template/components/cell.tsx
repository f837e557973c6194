import type { Locale } from "@/lib/client-config";
import type { Messages } from "@/lib/messages/en";
import { moneyText } from "@/lib/money";
import { nameOf } from "@/lib/records";
import type { Column, Row } from "@/lib/sections";
import { When } from "./when";

/** What cells need beside their row. */
export interface CellWords {
  locale: Locale;
  text: Messages;
  people: ReadonlyMap<string, string>;
}

interface Props extends CellWords {
  column: Column;
  row: Row;
}

const none = <span className="none">–</span>;

/** One value of a row as people read it. Everything is text to React: nothing typed becomes markup. */
export function Cell({ column, row, locale, text: words, people }: Props) {
  const value = row[column.name];
  // A row that was read along stands under the column's name, or under that name without its end.
  if (column.shown === "link") {
    return nameOf(value) || nameOf(row[column.name.replace(/_id$/, "")]) || none;
  }
  if (value === null || value === undefined || value === "") return none;
  const text = String(value);
  switch (column.shown) {
    case "email":
      return <a href={`mailto:${encodeURIComponent(text).replace("%40", "@")}`}>{text}</a>;
    case "phone":
      return <a href={`tel:${text.replace(/[^+\d]/g, "")}`}>{text}</a>;
    case "url":
      return /^https?:\/\//.test(text) ? (
        <a href={text} rel="noreferrer nofollow">
          {text}
        </a>
      ) : (
        text
      );
    case "date":
      return <When at={text} locale={locale} />;
    case "day":
      return <Day day={text} locale={locale} />;
    case "money":
      return <span className="number">{money(text, row.currency, locale)}</span>;
    case "minor":
      return <span className="number">{moneyText(Number(text), currencyIn(row), locale)}</span>;
    case "number":
      return (
        <span className="number">{Number(text).toLocaleString(locale, { maximumFractionDigits: 6 })}</span>
      );
    case "percent":
      return <span className="number">{`${(Number(text) / 100).toLocaleString(locale)} %`}</span>;
    case "size":
      return <span className="number">{sizeText(Number(text), locale)}</span>;
    case "badge":
      return <Badge state={text} words={words.values} />;
    case "flag":
      return value === true ? words.list.yes : words.list.no;
    case "person":
      return people.get(text) ?? none;
    case "long":
      return <span className="lines-kept">{text}</span>;
    case "text":
      return text.length > 160 ? `${text.slice(0, 160)}…` : text;
  }
}

/** A state as people call it, coloured by how good it is. */
export function Badge({ state, words }: { state: string; words: Messages["values"] }) {
  const known: Record<string, string> = words;
  return <span className={`badge ${tone(state)}`}>{known[state] ?? state.replaceAll("_", " ")}</span>;
}

/** A day, which is the same in every time zone. */
function Day({ day, locale }: { day: string; locale: Locale }) {
  const time = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(time.getTime())) return day;
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  return <time dateTime={day}>{format.format(time)}</time>;
}

/** The row's currency, or that of the row that it belongs to. */
function currencyIn(row: Row): string {
  const above = row.order_id ?? row.invoice_id;
  const currency =
    row.currency ?? (typeof above === "object" && above !== null && "currency" in above && above.currency);
  return typeof currency === "string" ? currency : "";
}

function sizeText(bytes: number, locale: Locale): string {
  const [unit, size] =
    bytes < 1e3
      ? (["byte", bytes] as const)
      : bytes < 1e6
        ? (["kilobyte", bytes / 1e3] as const)
        : (["megabyte", bytes / 1e6] as const);
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(size);
}

function money(amount: string, currency: unknown, locale: Locale): string {
  const number = Number(amount);
  if (!Number.isFinite(number)) return amount;
  const code = typeof currency === "string" && /^[A-Z]{3}$/.test(currency) ? currency : undefined;
  return new Intl.NumberFormat(locale, code ? { style: "currency", currency: code } : {}).format(number);
}

const good = ["active", "sent", "published", "won", "customer", "connected", "paid", "done"];
const bad = ["failed", "lost", "error", "disconnected", "unsubscribed", "cancelled", "blocked", "void"];
const soon = ["scheduled", "proposal", "negotiation", "sending", "qualified", "placed", "pending", "doing"];

function tone(status: string): string {
  if (good.includes(status)) return "good";
  if (bad.includes(status)) return "bad";
  return soon.includes(status) || status === "review" || status === "high" ? "soon" : "plain";
}
