// One half of an export or import, in a process of its own: `dump | load | compare DATABASE-URL FOLDER`. Tells how long
// it took and the most memory that the process ever had.
import { compareWith } from "@atoll/archive/compare";
import { dump } from "@atoll/archive/dump";
import { folderStorage } from "@atoll/archive/folder";
import { load } from "@atoll/archive/load";
import { openArchive } from "@atoll/archive/open";
import pg from "pg";

const [verb, url, folder = "", rows] = process.argv.slice(2);
const hubKey = Buffer.alloc(32, 7);
const storage = folderStorage(folder);
const client = new pg.Client({ connectionString: url });
await client.connect();
const began = performance.now();
if (verb === "dump")
  await dump({
    from: { client },
    of: {
      kind: "backup",
      instance: { id: "bench", slug: "bench", blueprint: "bench" },
      schema: { version: 0 },
      checkpoint: { workflowIds: [] },
    },
    storage,
    prefix: "bench",
    sealed: true,
    hubKey,
  });
else {
  const archive = await openArchive({ storage, prefix: "bench", hubKeys: [hubKey] });
  if (verb === "load") {
    const loaded = await load({ archive, client, onRows: "refuse" });
    if (loaded.rows !== Number(rows)) throw new Error(`${loaded.rows} rows were loaded.`);
  } else {
    const { differences } = await compareWith(archive, client);
    if (differences.length > 0) throw new Error(`The databases differ: ${JSON.stringify(differences)}`);
  }
}
const ms = performance.now() - began;
await client.end();
// In KiB; of the whole life of the process.
process.send?.({ ms, peakMiB: process.resourceUsage().maxRSS / 1024 });
