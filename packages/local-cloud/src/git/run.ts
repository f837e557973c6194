import { spawn } from "node:child_process";
import path from "node:path";

/** What git said besides doing it. */
export class GitError extends Error {
  readonly exitCode: number;

  constructor(args: readonly string[], exitCode: number, words: string) {
    super(`git ${args[0]} ended with ${exitCode}: ${words.trim()}`);
    this.exitCode = exitCode;
  }
}

/** Nothing of the machine's or the user's own git settings, and no way to ask anybody anything. */
function gitEnv(more: Record<string, string>): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LC_ALL: "C.UTF-8",
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "Local cloud",
    GIT_AUTHOR_EMAIL: "local-cloud@atoll.local",
    GIT_COMMITTER_NAME: "Local cloud",
    GIT_COMMITTER_EMAIL: "local-cloud@atoll.local",
    ...more,
  };
}

/** Runs git on a bare repository: arguments as a list, never through a shell. Gives what it wrote. */
export function git(
  bare: string,
  args: readonly string[],
  options: { input?: Uint8Array | string; env?: Record<string, string> } = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["--git-dir", path.resolve(bare), ...args], {
      env: gitEnv(options.env ?? {}),
      stdio: ["pipe", "pipe", "pipe"],
    });
    const out: Buffer[] = [];
    let words = "";
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      words += chunk;
    });
    child.on("error", reject);
    child.stdin.on("error", () => {}); // git may end before it has read everything
    child.on("close", (code) =>
      code === 0 ? resolve(Buffer.concat(out)) : reject(new GitError(args, code ?? -1, words)),
    );
    child.stdin.end(options.input ?? "");
  });
}
