import { routes } from "@atoll/contract/routes";
import { html } from "hono/html";

const style = `
  :root { color-scheme: light dark; }
  body { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem; font: 15px/1.5 system-ui, sans-serif; }
  h2 { margin: 2.2rem 0 .4rem; font-size: 1.1rem; }
  table { width: 100%; border-collapse: collapse; }
  td { padding: .4rem .8rem .4rem 0; border-top: 1px solid color-mix(in srgb, currentColor 18%, transparent); vertical-align: top; }
  code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .92em; overflow-wrap: anywhere; }
  .method { width: 4.5rem; font-weight: 600; }
  .who { width: 6rem; opacity: .8; }
`;

const who = { public: "anybody", viewer: "viewer", operator: "operator", owner: "owner" } as const;

/** The hub's routes for people to read: by subject, with who may call each. Programs read `/api/openapi.json`. */
export function docsPage(baseUrl: string) {
  const all = Object.entries(routes).map(([name, { definition }]) => ({ name, ...definition }));
  const tags = [...new Set(all.map(({ tag }) => tag))];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Atoll's API</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <main>
          <h1>Atoll's API</h1>
          <p>
            Every route below, with its input and its answer: <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI
            3.1). A machine sends an API key as <code>Authorization: Bearer …</code> (Team, API keys); a role may do what
            the roles before it may. A refusal is a problem document (RFC 9457) with what happened and what to do next.
            A POST with an <code>Idempotency-Key</code> is done once. Lists are read on with <code>cursor</code>; streams
            are server-sent events and go on after <code>Last-Event-ID</code>.
          </p>
          <p><code>curl -H "Authorization: Bearer $ATOLL_API_KEY" ${baseUrl}/api/instances</code></p>
          ${tags.map(
            (tag) => html`<h2>${tag}</h2>
              <table>
                <tbody>
                  ${all
                    .filter((each) => each.tag === tag)
                    .map(
                      ({ method, path, access, summary, name }) => html`<tr>
                        <td class="method">${method.toUpperCase()}</td>
                        <td><code>${path}</code><br />${summary} <small>(${name})</small></td>
                        <td class="who">${who[access]}</td>
                      </tr>`,
                    )}
                </tbody>
              </table>`,
          )}
        </main>
      </body>
    </html>`;
}
