import type { Archive } from "@atoll/archive/open";
import { expect, test } from "vitest";
import { madeOurs } from "./made-ours.ts";

const old = "old00000000000000001";
const part = { name: "auth/users.00001.ndjson.gz", kind: "rows", of: "auth.users", rows: 3 } as const;

function archiveOf(rows: (string | null)[][]): Archive {
  const columns = ["id", "raw_app_meta_data", "raw_user_meta_data"].map((name) => ({ name, type: "jsonb" }));
  return {
    manifest: { instance: { id: old }, tables: [{ schema: "auth", name: "users", columns }] },
    read: async () => Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join("")),
  } as unknown as Archive; // the rest is not looked at
}

test("accounts that bore the old instance's mark bear the new one's; nothing else of a row changes", async () => {
  const mark = `{"role": "admin", "atoll_instance": "${old}"}`;
  const rows = [
    ["1", mark, `{"note": "\\"atoll_instance\\": \\"${old}\\""}`],
    ["2", '{"role": "member"}', null],
    ["3", '{"atoll_instance": "somebody-else"}', "{}"],
  ];
  const fresh = "new00000000000000001";
  const text = (await madeOurs(archiveOf(rows), fresh).read(part as never)).toString();
  const read = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown[]);
  expect(read[0]).toEqual(["1", mark.replace(old, fresh), rows[0]?.[2]]);
  expect(read.slice(1)).toEqual(rows.slice(1));
});
