import { createHash } from "node:crypto";
import { link, lstat, mkdir, readdir, readFile, readlink, symlink } from "node:fs/promises";
import path from "node:path";

/** All files and links below a folder, sorted, with `/` between the parts; no `.git`. */
async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(path.join(folder, prefix), { withFileTypes: true })) {
    if (prefix === "" && entry.name === ".git") continue;
    const name = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await filesBelow(folder, name)));
    else found.push(name);
  }
  return found.sort();
}

/** SHA-256 over names, kinds and contents of a tree's files, without those that are read at run time only. */
export async function treeKey(
  folder: string,
  runtimeFiles: readonly string[],
  more: string,
): Promise<string> {
  const hash = createHash("sha256").update(more);
  for (const file of await filesBelow(folder)) {
    if (runtimeFiles.includes(file)) continue;
    const at = path.join(folder, file);
    const about = await lstat(at);
    const content = about.isSymbolicLink() ? await readlink(at) : await readFile(at);
    const kind = about.isSymbolicLink() ? "link" : about.mode & 0o100 ? "run" : "file";
    hash.update(`\0${file}\0${kind}\0`).update(createHash("sha256").update(content).digest());
  }
  return hash.digest("hex");
}

/** Copies a folder by hard links: no bytes are copied, and what is replaced in one copy stays in the other. */
export async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) await linkTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await link(source, target);
  }
}
