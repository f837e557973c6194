import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Everything that was ever committed to the bare repositories below a folder, as text. */
export async function historyOf(folder: string): Promise<string> {
  const repositories = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (each) => each.isDirectory() && each.name.endsWith(".git"),
  );
  const histories = await Promise.all(
    repositories.map(async ({ parentPath, name }) => {
      const { stdout } = await run(
        "git",
        [
          "-C",
          path.join(parentPath, name),
          "-c",
          "safe.directory=*",
          "log",
          "-p",
          "--all",
          "--format=%H %an %s %b",
        ],
        { maxBuffer: 256 * 1024 * 1024 },
      );
      return stdout;
    }),
  );
  return histories.join("\n");
}

/** A secret as it would look in a query, in JSON, in a database's text form, in a header. */
function shapes(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString("hex"),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
  ];
}

/** Which secret stands where: "events: databasePassword". Empty = nowhere. */
export function leaks(places: Record<string, string>, secrets: Record<string, string>): string[] {
  return Object.entries(places).flatMap(([place, text]) =>
    Object.entries(secrets)
      .filter(([, secret]) => shapes(secret).some((shape) => text.includes(shape)))
      .map(([name]) => `${place}: ${name}`),
  );
}
