import type { ServerResponse } from "node:http";

const escaped = (text: string) => text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);

/** A page of the platform itself, with Vercel's code in the body and in a header. */
export function platformPage(response: ServerResponse, status: number, code: string, words: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "x-vercel-error": code,
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
