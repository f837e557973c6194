import { lineChanges } from "./lines.ts";
import type { Conflict, ThreeWay } from "./three-way.ts";

/** What the words of a pull request are about. */
interface Told {
  template: string;
  base: string;
  theirs: string;
  /** First lines of the template's commits between the two, newest last. */
  subjects: readonly string[];
  plan: Pick<ThreeWay, "taken" | "removed" | "merged" | "kept" | "conflicting">;
}

// GitHub stores 65,536 characters; the end is told in any case.
const charactersAtMost = 60_000;
const diffCharactersAtMost = 6_000;
const nameCharactersAtMost = 250;
const listedAtMost = 30;

/** The short name of a commit in branches and titles. */
export const short = (sha: string): string => sha.slice(0, 10);

/** The mark by which a pull request says which version it brings; nobody sees it on the page. */
const markOf = (theirs: string) => `<!-- atoll-template ${theirs} -->`;

/** The version of the template that a pull request's words say it brings; undefined when they say none. */
export const markedTemplate = (body: string): string | undefined =>
  // The last one: what stands above may quote anybody.
  [...body.matchAll(/<!-- atoll-template ([0-9a-f]{40}) -->/g)].at(-1)?.[1];

/** Nothing that turns the direction of the text, hides in it or ends a line. */
const printable = (text: string) => text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");

const fenceFor = (text: string, least: number) =>
  "`".repeat(Math.max(least, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));

/** A name as code: whatever stands in it is neither a link nor a mention, nor markup. */
function code(text: string): string {
  const shown = printable(text.slice(0, nameCharactersAtMost));
  const fence = fenceFor(shown, 1);
  return `${fence} ${shown} ${fence}`;
}

function block(text: string): string {
  const shown = text
    .split("\n")
    .map((line) => printable(line.replaceAll("\t", "  ")))
    .join("\n");
  const cut =
    shown.length > diffCharactersAtMost ? `${shown.slice(0, diffCharactersAtMost)}\n[...]` : shown.trimEnd();
  const fence = fenceFor(cut, 3);
  return `${fence}diff\n${cut}\n${fence}`;
}

function list(title: string, paths: readonly string[]): string {
  if (paths.length === 0) return "";
  const named = paths.slice(0, listedAtMost).map((path) => `- ${code(path)}`);
  const more = paths.length > listedAtMost ? [`- and ${paths.length - listedAtMost} more`] : [];
  return [`**${title}** (${paths.length})`, "", ...named, ...more].join("\n");
}

async function conflictWords({ path, why, texts }: Conflict): Promise<string> {
  const none = Buffer.alloc(0);
  const { base = none, ours, theirs } = texts;
  const diffs = [];
  if (theirs) diffs.push("In the template:", block(await lineChanges(base, theirs)));
  if (ours) diffs.push("In this repository:", block(await lineChanges(base, ours)));
  return [`#### ${code(path)}`, `Kept as it is here: ${why}.`, ...diffs].join("\n\n");
}

/** Title of a pull request that brings a version of the template. */
export function titleOf({ theirs, plan }: Pick<Told, "theirs" | "plan">): string {
  const files = plan.conflicting.length;
  const rest = files === 0 ? "" : ` (${files} ${files === 1 ? "file" : "files"} to merge by hand)`;
  return `Newer version of the template: ${short(theirs)}${rest}`;
}

/** Words of a pull request that brings a version of the template, in GitHub's Markdown. Names and lines are shown as code. */
export async function bodyOf(told: Told): Promise<string> {
  const { template, base, theirs, subjects, plan } = told;
  const subject = (text: string) => `- ${code(text.split("\n")[0] ?? "")}`;
  const parts = [
    `Brings ${code(template)} from ${code(short(base))} to ${code(short(theirs))}. What was changed in this repository is kept.`,
    subjects.length === 0
      ? ""
      : ["**Changes of the template**", "", ...subjects.slice(-20).map(subject)].join("\n"),
    list("Taken from the template", plan.taken),
    list("Removed with the template", plan.removed),
    list("Merged by lines: changed here and in the template", plan.merged),
    list("Kept as they are here", plan.kept),
  ];
  const { conflicting } = plan;
  if (conflicting.length > 0)
    parts.push(
      `### To merge by hand (${conflicting.length})\n\nThese files stand in this branch as they are in the repository. Commit to this branch what they should be, then mark it as ready.`,
    );
  let body = parts.filter((part) => part !== "").join("\n\n");
  for (const [index, conflict] of conflicting.entries()) {
    const words = await conflictWords(conflict);
    if (body.length + words.length > charactersAtMost) {
      body += `\n\nand ${conflicting.length - index} more that find no room here.`;
      break;
    }
    body += `\n\n${words}`;
  }
  return `${body.slice(0, charactersAtMost + 1_000)}\n\n${markOf(theirs)}`;
}
