import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Styles text for a stream that shows colours (honours NO_COLOR and FORCE_COLOR), else leaves it alone. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream, validateStream: true });
}

/** Milliseconds as a person says them: "340 ms", "4.2 s", "1 min 34 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** Client's words may hold control characters that would steer the terminal: they are shown as \xNN. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, (each) => `\\x${each.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
