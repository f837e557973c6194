import type { Locale } from "./client-config";

/** Digits that a currency has after its point, as `Intl` knows them; the automations count the same way. */
export function digitsOf(currency: string): number {
  try {
    const options = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
    return options.maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** Money in whole minor units as people read it. */
export function moneyText(minor: number, currency: string, locale: Locale): string {
  const amount = minor / 10 ** digitsOf(currency);
  const style = /^[A-Z]{3}$/.test(currency) ? ({ style: "currency", currency } as const) : {};
  return new Intl.NumberFormat(locale, style).format(amount);
}

/** Money in minor units as it stands in a form's field. */
export function moneyInput(minor: number, currency: string, locale: Locale): string {
  const digits = digitsOf(currency);
  return new Intl.NumberFormat(locale, {
    useGrouping: false,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(minor / 10 ** digits);
}

const most = 100_000_000_000;

/**
 * Reads typed money into minor units: "12,50", "12.50", "1 250", "1.250.000". A lone separator with three digits
 * behind it means thousands only where the language writes them so; what could mean two amounts is undefined.
 */
export function minorFrom(typed: string, currency: string, locale: Locale): number | undefined {
  const digits = digitsOf(currency);
  const text = typed.replace(/[\s\u00a0\u202f'’]/g, "");
  if (!/^\d[\d.,]*$/.test(text)) return undefined;
  const decimal = locale === "en" ? "." : ",";
  const last = Math.max(text.lastIndexOf("."), text.lastIndexOf(","));
  let [whole, rest] = [text, ""];
  if (last >= 0) {
    const mark = text.charAt(last);
    const once = text.indexOf(mark) === last;
    const behind = text.slice(last + 1);
    const grouped = /^\d{1,3}([.,]\d{3})+$/.test(text) && !(once && mark === decimal);
    if (!grouped) [whole, rest] = [text.slice(0, last), behind];
    if (!grouped && (!once || behind === "")) return undefined;
  }
  const other = new Set(whole.replace(/\d/g, ""));
  if (other.size > 1 || (other.size === 1 && !/^\d{1,3}([.,]\d{3})+$/.test(whole))) return undefined;
  // "1.250,500" in a currency without cents is no amount, "1.250,00" is.
  if (/[1-9]/.test(rest.slice(digits)) || rest.length > Math.max(2, digits)) return undefined;
  const minor = Number(whole.replace(/\D/g, "") + rest.slice(0, digits).padEnd(digits, "0"));
  return Number.isSafeInteger(minor) && minor <= most ? minor : undefined;
}
