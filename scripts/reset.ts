// `npm run reset`: empties .atoll, where the embedded Postgres, the local cloud and the local key live.
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";

const home = path.resolve(process.env.ATOLL_HOME ?? ".atoll");

function running(file: string): boolean {
  if (!existsSync(file)) return false;
  const pid = Number.parseInt(readFileSync(file, "utf8"), 10);
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const alive = ["hub/data/postmaster.pid", "cloud/postgres/data/postmaster.pid"].filter((each) =>
  running(path.join(home, each)),
);
if (alive.length > 0) {
  console.error(`Something still runs on ${home} (${alive.join(", ")}).`);
  console.error("Next: end `npm start` with Ctrl-C, or run `npm run atoll -- cloud stop`, then reset again.");
  process.exitCode = 1;
} else {
  rmSync(home, { recursive: true, force: true });
  console.log(`Emptied ${home}.`);
}
