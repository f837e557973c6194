import { existsSync } from "node:fs";

/** Debian's Chromium as root on a machine without a way out: no sandbox, no calls home. */
export const browserFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where the browser is: `CHROMIUM_PATH`, or one of the usual places. */
export function chromiumPath(): string {
  const places = [
    process.env.CHROMIUM_PATH,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ];
  const found = places.find((each) => each !== undefined && existsSync(each));
  if (found !== undefined) return found;
  throw new Error("No Chromium here: install it (apt-get install chromium) or name it in CHROMIUM_PATH.");
}
