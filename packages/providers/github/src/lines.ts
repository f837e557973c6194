import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Fault } from "@atoll/core/fault";

// Larger texts are not merged line by line; 1 MB is also what GitHub shows of a file.
const outputBytesAtMost = 8 * 1024 * 1024;
const withinMs = 30_000;

/** Nothing of the machine's or a user's own git settings, and no repository around. */
const environment = (folder: string) => ({
  PATH: process.env.PATH,
  LC_ALL: "C.UTF-8",
  HOME: folder,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CEILING_DIRECTORIES: path.dirname(folder),
});

/** Runs git on files in a folder of its own, which holds nothing else: arguments as a list, no shell. */
async function onFiles(
  files: Record<string, Buffer>,
  args: string[],
): Promise<{ code: number; out: Buffer }> {
  const folder = await mkdtemp(path.join(tmpdir(), "atoll-merge-"));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
    return await new Promise((resolve, reject) => {
      const options = {
        cwd: folder,
        env: environment(folder),
        encoding: "buffer" as const,
        maxBuffer: outputBytesAtMost,
        timeout: withinMs,
      };
      execFile("git", args, options, (error, out) => {
        if (!error) return resolve({ code: 0, out });
        return typeof error.code === "number" ? resolve({ code: error.code, out }) : reject(error);
      });
    });
  } catch (error) {
    throw new Fault(
      "rejected",
      {
        what: "Two versions of a file could not be merged, since git could not be run on the hub's machine.",
        next: "Install git on the hub's machine, or free some space in its temporary folder, then try again.",
      },
      { cause: error },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Merges two texts that come from a third, line by line; undefined when both change the same lines. */
export async function mergeLines(ours: Buffer, base: Buffer, theirs: Buffer): Promise<Buffer | undefined> {
  // Ends with the number of conflicts, 0 = none; above 127 it is an error.
  const { code, out } = await onFiles({ ours, base, theirs }, ["merge-file", "-p", "ours", "base", "theirs"]);
  return code === 0 ? out : undefined;
}

/** What turns one text into another, as a unified diff without its head; empty when they are equal. */
export async function lineChanges(from: Buffer, to: Buffer): Promise<string> {
  const { out } = await onFiles({ from, to }, [
    "diff",
    "--no-index",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--text",
    "--",
    "from",
    "to",
  ]);
  const text = out.toString("utf8");
  const start = text.indexOf("\n@@ ");
  return start < 0 ? "" : text.slice(start + 1);
}
