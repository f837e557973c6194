import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a person's git does with an emulator's repository; it never asks for a password. */
export async function git(...args: string[]): Promise<string> {
  const { stdout } = await run("git", ["-c", "user.name=t", "-c", "user.email=t@t.example", ...args], {
    env: { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "true" },
  });
  return stdout.trim();
}

/** A repository's address with the name and the token in it that git is to send. */
export function withToken(address: string, user: string, token: string): string {
  const url = new URL(address);
  url.username = user;
  url.password = token;
  return url.href;
}
