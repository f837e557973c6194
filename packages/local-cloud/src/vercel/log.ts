import { appendFileSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";

interface BuildEvent {
  type: "command" | "stdout" | "stderr";
  created: number;
  date: number;
  deploymentId: string;
  id: string;
  serial: string;
  text: string;
  info: { type: "build"; name: "bld_local" };
}

const fileOf = (dataDir: string, id: string) => path.join(dataDir, "vercel", "logs", `${id}.ndjson`);

/** Writes lines of a build into its deployment's log. */
export function openBuildLog(dataDir: string, id: string): (type: BuildEvent["type"], text: string) => void {
  const file = fileOf(dataDir, id);
  mkdirSync(path.dirname(file), { recursive: true });
  let serial = 0;
  return (type, text) => {
    const now = Date.now();
    serial += 1;
    const event: BuildEvent = {
      type,
      created: now,
      date: now,
      deploymentId: id,
      id: `${now}${String(serial).padStart(6, "0")}`,
      serial: String(serial),
      text: text.slice(0, 4000),
      info: { type: "build", name: "bld_local" },
    };
    appendFileSync(file, `${JSON.stringify(event)}\n`);
  };
}

/** The log of a deployment; empty when nothing was written yet. */
export async function eventsOf(dataDir: string, id: string): Promise<unknown[]> {
  const text = await readFile(fileOf(dataDir, id), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}
