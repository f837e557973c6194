import type { ServerResponse } from "node:http";

const escaped = (text: string) => text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);

/** What a platform says in its own name, and the header in which it repeats its code. */
export interface Platform {
  header: string;
  codes: { nothing: string; paused: string; failed: string };
}

const said = {
  nothing: { status: 404, words: "Nothing is deployed here (yet)." },
  paused: { status: 503, words: "This deployment is temporarily paused." },
  failed: { status: 500, words: "The application ended. Load this again." },
};

/** A page of the platform itself, with its code in the body and in a header. */
export function platformPage(
  response: ServerResponse,
  { header, codes }: Platform,
  what: keyof Platform["codes"],
  words = said[what].words,
): void {
  const { status } = said[what];
  const code = codes[what];
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    [header]: code,
  });
  response.end(
    `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${status}: ${code}</title>` +
      `<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui;display:grid;place-content:center;min-height:90vh;text-align:center}</style>` +
      `<h1>${status}</h1><p><code>${code}</code></p><p>${escaped(words)}</p>\n`,
  );
}

/** What answers for a deployment in light mode: who it is and nothing more. */
export function lightSite(
  response: ServerResponse,
  path: string,
  { name, instance }: { name: string; instance: string | undefined },
): void {
  if (path.split("?")[0] === "/api/health") {
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify({ ok: true, instance: instance ?? null, light: true }));
    return;
  }
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(
    `<!doctype html><meta charset="utf-8"><title>${escaped(name)}</title><h1>${escaped(name)}</h1><p>The local cloud runs in light mode: this page stands for the application.</p>\n`,
  );
}
