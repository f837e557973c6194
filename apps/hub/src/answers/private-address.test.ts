import { expect, test } from "vitest";
import { isInside, leadsInside } from "./private-address.ts";

test.each([
  ...["localhost", "db", "a.localhost", "metadata.google.internal", "printer.local"],
  ...[
    "127.0.0.1",
    "0x7f.1",
    "2130706433",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "0.0.0.0",
  ],
  ...["::1", "[::1]", "::", "fd00::1", "fe80::1", "::ffff:10.0.0.1", "[::ffff:a9fe:a9fe]", "10.0.0.1."],
  ...["::10.0.0.1", "[::a9fe:a9fe]", "2002:7f00:1::", "[2002:a9fe:a9fe::1]", "64:ff9b:1::a00:1"],
])("%s is inside", (host) => expect(isInside(host)).toBe(true));

test.each([
  ...["abcdefghijklmnopqrst.supabase.co", "8.8.8.8", "172.32.0.1", "[2606:4700::1111]", "local.example"],
  ...["64:ff9b:2::1", "2003::1"],
])("%s is outside", (host) => expect(isInside(host)).toBe(false));

test("a name is followed to its addresses", async () => {
  expect(await leadsInside("localhost.")).toBe(true);
  expect(await leadsInside("8.8.8.8")).toBe(false);
});
