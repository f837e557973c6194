import type { Proof } from "@atoll/contract/schemas/proof";
import type { Desk } from "../desk.ts";
import type { Outcome } from "../output/outcome.ts";
import { paint, plain } from "../output/paint.ts";

const words: Record<Proof["things"][number]["is"], [string, Parameters<typeof paint>[0]]> = {
  absent: ["seen gone", "green"],
  retired: ["put away", "green"],
  kept: ["stays", "dim"],
  failed: ["still there", "red"],
  open: ["not looked at", "yellow"],
};

/** The proof of a removal as a table: each thing, how it was seen, and when. */
function proofText({ things, remains }: Proof): string {
  const width = (of: (each: Proof["things"][number]) => string) =>
    Math.max(0, ...things.map((each) => of(each).length));
  const kinds = width(({ kind }) => kind);
  const names = width(({ name, id }) => plain(`${name} ${id ?? ""}`));
  const lines = things.map(({ kind, name, id, is, at, what }) => {
    const [said, color] = words[is];
    const line = `  ${paint(color, said.padEnd(13))}  ${kind.padEnd(kinds)}  ${plain(`${name} ${id ?? ""}`).padEnd(names)}  ${at ?? ""}`;
    return what === undefined ? line.trimEnd() : `${line.trimEnd()}\n${" ".repeat(17)}${plain(what)}`;
  });
  const stays = remains.map((each) => `  ${plain(each)}`);
  return [...lines, ...(stays.length > 0 ? ["", "What remains by intention:", ...stays] : [])].join("\n");
}

/** How a removal ended, with its proof under it; as data, `proof`. */
export async function withProof(desk: Desk, outcome: Outcome): Promise<Outcome> {
  const { run } = outcome.result as { run?: string }; // as `followRun` gives it
  if (run === undefined) return outcome;
  const proof = await desk.proof(run);
  if (proof.things.every(({ is }) => is === "open")) return outcome; // left before it began
  return {
    ...outcome,
    result: { ...outcome.result, proof },
    text: `${outcome.text}\n\n${proofText(proof)}`,
  };
}
