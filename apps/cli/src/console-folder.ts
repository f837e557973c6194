import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The console's build, where there is one; without it the hub has its API only. */
export function consoleFolder(): string | undefined {
  const folder = fileURLToPath(new URL("../../console/dist", import.meta.url));
  return existsSync(folder) ? folder : undefined;
}
