import type { VaultEntry, VaultSide } from "@atoll/contract/schemas/vault";
import { paint, plain } from "../../output/paint.ts";

const most = 100;

function shown({ type, secret, value }: VaultSide): string {
  if (type === undefined) return "removed";
  if (secret) return "a secret";
  const text = plain(typeof value === "string" ? value : JSON.stringify(value));
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

const sideText = (name: string, side: VaultSide | undefined) =>
  side === undefined
    ? `      ${name}: none`
    : `      ${name}: ${shown(side)} ${paint("dim", `(${plain(side.by)}, ${side.at.slice(0, 19).replace("T", " ")})`)}`;

const words: Record<VaultEntry["state"], string> = {
  same: "",
  "changed-there": "changed in the instance",
  "removed-there": "removed in the instance",
  "changed-here": "changed here, not there yet",
  "unknown-here": "in the instance only",
};

/** Keys for people: a line for each, and both sides where they differ. */
export function vaultText(items: readonly VaultEntry[]): string {
  const width = Math.max(0, ...items.map(({ key }) => key.length));
  return items
    .flatMap(({ key, state, here, there }) => {
      const side = there?.type === undefined ? here : there;
      if (state === "same") return [`  = ${key.padEnd(width)}  ${side ? shown(side) : ""}`];
      return [
        `  ${paint("yellow", "~")} ${key.padEnd(width)}  ${paint("yellow", words[state])}`,
        sideText("at the hub     ", here),
        sideText("in the instance", there),
      ];
    })
    .join("\n");
}
