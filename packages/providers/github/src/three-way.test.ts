import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeLines } from "./lines.ts";
import { threeWay } from "./three-way.ts";
import type { FileMode, Tree } from "./trees.ts";

type Side = Record<string, string | [FileMode, string]>;

const contents = new Map<string, Buffer>();
const read = async (sha: string) => contents.get(sha) ?? Buffer.alloc(0);

function tree(side: Side): Tree {
  return new Map(
    Object.entries(side).map(([path, given]) => {
      const [mode, text] = typeof given === "string" ? (["100644", given] as const) : given;
      const content = Buffer.from(text, "latin1");
      const sha = createHash("sha1").update(content).digest("hex");
      contents.set(sha, content);
      return [path, { mode, sha, sizeBytes: content.length }];
    }),
  );
}

const bring = (base: Side, ours: Side, theirs: Side) =>
  threeWay({
    base: tree(base),
    ours: tree(ours),
    theirs: tree(theirs),
    readOurs: read,
    readTheirs: read,
  });

const conflicts = (result: Awaited<ReturnType<typeof bring>>) =>
  result.conflicting.map(({ path, why }) => `${path}: ${why}`);

describe("three ways", () => {
  it("takes what only the template changed, keeps what only the repository changed", async () => {
    const result = await bring(
      { a: "1", b: "1", c: "1", d: "1", e: "1" },
      { a: "1", b: "2", c: "1", e: "1", own: "1" },
      { a: "2", b: "1", d: "1", e: "1", added: "1" },
    );
    expect(result).toMatchObject({
      taken: ["a", "added"],
      removed: ["c"],
      kept: ["b", "d"],
      merged: [],
      conflicting: [],
    });
    expect(result.files.map(({ path, content }) => [path, content?.toString()])).toEqual([
      ["a", "2"],
      ["added", "1"],
      ["c", undefined],
    ]);
  });

  it("calls it a conflict when one side changed what the other removed, or both added a file", async () => {
    const result = await bring(
      { a: "1", b: "1" },
      { a: "2", c: "ours", d: "same" },
      { b: "2", c: "theirs", d: "same" },
    );
    expect(conflicts(result)).toEqual([
      "a: it was changed here, and removed from the template",
      "b: it was removed here, and changed in the template",
      "c: both added it, with different contents",
    ]);
    expect(result.files).toEqual([]);
  });

  it("merges no binary files, links or other repositories", async () => {
    const link: [FileMode, string] = ["120000", "x"];
    const result = await bring(
      { bin: "\x001", link, sub: ["160000", "1"] },
      { bin: "\x002", link: ["120000", "y"], sub: ["160000", "1"] },
      { bin: "\x003", link: ["120000", "z"], sub: ["160000", "2"] },
    );
    expect(conflicts(result)).toEqual([
      "bin: both changed it, and it is no text",
      "link: both changed it, and it is no plain file",
      "sub: it is a link to another repository",
    ]);
  });

  it("never puts a file where a folder is, or into a file", async () => {
    const result = await bring({}, { "a/own": "1", b: "1" }, { a: "new", "b/c": "new" });
    expect(result.files).toEqual([]);
    expect(result.conflicting.map(({ path }) => path)).toEqual(["a", "b/c"]);
  });

  it("carries a change of the mode over to a file that was changed here", async () => {
    const lines = "1\n2\n3\n4\n5\n6\n7\n8\n";
    const result = await bring({ run: lines }, { run: `0\n${lines}` }, { run: ["100755", `${lines}9\n`] });
    expect(result.files).toEqual([{ path: "run", mode: "100755", content: Buffer.from(`0\n${lines}9\n`) }]);
  });

  it("loses nobody's lines, wherever the two changed", async () => {
    const lines = 12;
    const text = (changed: Record<number, string>) =>
      Array.from({ length: lines }, (_, at) => `${changed[at] ?? at}\n`).join("");
    const line = fc.nat(lines - 1);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(line, { maxLength: 3 }),
        fc.uniqueArray(line, { maxLength: 3 }),
        async (o, t) => {
          const ours = Buffer.from(text(Object.fromEntries(o.map((at) => [at, `ours ${at}`]))));
          const theirs = Buffer.from(text(Object.fromEntries(t.map((at) => [at, `theirs ${at}`]))));
          const merged = await mergeLines(ours, Buffer.from(text({})), theirs);
          const near = o.some((at) => t.some((other) => Math.abs(at - other) < 2));
          if (merged === undefined) {
            expect(near).toBe(true);
            return;
          }
          for (const at of o) expect(merged.toString()).toContain(`ours ${at}\n`);
          for (const at of t) expect(merged.toString()).toContain(`theirs ${at}\n`);
          expect(merged.toString().split("\n")).toHaveLength(lines + 1);
        },
      ),
      { numRuns: 40 },
    );
  });
});
