import { Hono } from "hono";
import { html, raw } from "hono/html";
import type { CloudEnv } from "../kit/context.ts";
import type { Mail, Mailbox } from "./mailbox.ts";

const style = `
  :root { color-scheme: light dark; --ink: light-dark(#1d2733, #e6ebf0); --faint: light-dark(#66737f, #94a1ad); --line: light-dark(#e2e7eb, #2a333c); --paper: light-dark(#fff, #161c22); --back: light-dark(#f4f6f8, #0f1418); --accent: light-dark(#0b7285, #4dc4d9); }
  * { box-sizing: border-box; } body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); }
  header { display: flex; gap: 1rem; align-items: center; padding: .9rem 1.4rem; background: var(--paper); border-bottom: 1px solid var(--line); }
  h1 { font-size: 1.05rem; margin: 0; } header form { margin-left: auto; } header span { color: var(--faint); }
  input { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line); border-radius: 8px; padding: .4rem .7rem; min-width: min(16rem, 40vw); }
  main { max-width: 60rem; margin: 1.4rem auto; padding: 0 1rem; } a { color: var(--accent); }
  .list { list-style: none; margin: 0; padding: 0; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
  .list li + li { border-top: 1px solid var(--line); } .list a { display: grid; grid-template-columns: 1fr auto; gap: .1rem 1rem; padding: .8rem 1.1rem; color: inherit; text-decoration: none; }
  .list a:hover, .list a:focus-visible { background: var(--back); outline: none; } .list strong { font-weight: 600; } .list small, time { color: var(--faint); } .list time { white-space: nowrap; }
  dl { display: grid; grid-template-columns: auto 1fr; gap: .2rem 1rem; margin: 0 0 1rem; } dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
  iframe { width: 100%; height: 36rem; border: 1px solid var(--line); border-radius: 12px; background: #fff; } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 1rem; }
  .empty { text-align: center; color: var(--faint); padding: 4rem 1rem; }`;

const at = (mail: Mail) => mail.at.replace("T", " ").slice(0, 19);

const layout = (title: string, search: string, body: unknown) => html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${raw(style)}</style></head>
<body><header><h1><a href="/mailbox">Mailbox</a></h1><span>of the local cloud: nothing leaves this machine</span>
<form><input type="search" name="search" aria-label="Search" placeholder="Search" value="${search}"></form></header><main>${body}</main></body></html>`;

/** `/mailbox`: what was sent, for people; `/mailbox/api`: the same as JSON. */
export function mailboxPages(mailbox: Mailbox): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  app.use("/mailbox/*", async (c, next) => {
    await next();
    // Mails are hostile input: nothing of them runs, loads or leads out of its frame.
    c.res.headers.set(
      "content-security-policy",
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; form-action 'self'",
    );
    c.res.headers.set("x-content-type-options", "nosniff");
  });

  app.get("/mailbox/api", (c) => c.json(mailbox.list(c.req.query("search"))));
  app.get("/mailbox/api/:id", (c) => {
    const mail = mailbox.get(c.req.param("id"));
    return mail === undefined ? c.json({ message: "No such mail" }, 404) : c.json(mail);
  });

  app.get("/mailbox", (c) => {
    const search = c.req.query("search") ?? "";
    const mails = mailbox.list(search);
    const items = mails.map(
      (mail) =>
        html`<li><a href="/mailbox/${mail.id}"><strong>${mail.subject || "(no subject)"}</strong><time>${at(mail)}</time><small>to ${mail.to.join(", ")}</small><small>${mail.by}</small></a></li>`,
    );
    const none =
      search === ""
        ? "No mail yet. What is sent on this machine lands here."
        : `No mail has "${search}" in an address or subject.`;
    return c.html(
      layout(
        "Mailbox",
        search,
        mails.length === 0 ? html`<p class="empty">${none}</p>` : html`<ul class="list">${items}</ul>`,
      ),
    );
  });

  app.get("/mailbox/:id", (c) => {
    const mail = mailbox.get(c.req.param("id"));
    if (mail === undefined)
      return c.html(
        layout("No such mail", "", html`<p class="empty">There is no such mail (any more).</p>`),
        404,
      );
    const body = html`<h2>${mail.subject || "(no subject)"}</h2>
      <dl><dt>from</dt><dd>${mail.from}</dd><dt>to</dt><dd>${mail.to.join(", ")}</dd><dt>sent</dt><dd><time>${at(mail)}</time> by ${mail.by}</dd></dl>
      ${mail.html === "" ? "" : html`<iframe title="The mail" sandbox="allow-popups" src="/mailbox/${mail.id}/html"></iframe>`}
      <h3>Text part</h3><pre>${mail.text || "(none)"}</pre>`;
    return c.html(layout(mail.subject, "", body));
  });

  app.get("/mailbox/:id/html", (c) => {
    const mail = mailbox.get(c.req.param("id"));
    return mail === undefined
      ? c.notFound()
      : c.html(mail.html.replace(/<head([^>]*)>/i, '<head$1><base target="_blank">'));
  });

  return app;
}
