import type { Content } from "./content.ts";
import type { Found, Instance } from "./resolve.ts";
import { wordsIn } from "./words.ts";

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in a page: everything that people wrote goes through here. */
const text = (value: string): string => value.replace(/[&<>"']/g, (each) => entities[each] ?? each);

const style = `body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:42rem;padding:0 1rem;color:#1c1917}
h1{line-height:1.2}li{margin:.5rem 0}.quiet{color:#57534e}`;

function page(lang: string, title: string, body: string): string {
  return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${text(title)}</title><style>${style}</style></head>
<body><main><h1>${text(title)}</h1>
${body}</main></body></html>
`;
}

/** The public page of an instance. */
export function publicPage(
  { name, type, locale, mapCenter }: Instance,
  { places, announcements }: Content,
): string {
  const words = wordsIn(locale);
  const list = (items: string[]) =>
    items.length === 0
      ? `<p class="quiet">${text(words.nothing)}</p>`
      : `<ul>${items.map((each) => `<li>${each}</li>`).join("")}</ul>`;
  const facts = [type, mapCenter && `${words.map}: ${mapCenter.latitude}, ${mapCenter.longitude}`];
  return page(
    words.lang,
    name,
    `<p class="quiet">${facts
      .filter((each) => each !== null)
      .map(text)
      .join(" · ")}</p>
${announcements === undefined ? "" : `<h2>${text(words.announcements)}</h2>${list(announcements.map((each) => `<strong>${text(each.title)}</strong><br>${text(each.body)}`))}`}
${places === undefined ? "" : `<h2>${text(words.places)}</h2>${list(places.map((each) => `${text(each.name)}${each.address ? `, ${text(each.address)}` : ""}`))}`}
`,
  );
}

/** What is said where there is no page to show, in whichever language is known, and the status that goes with it. */
export function otherPage(found: Exclude<Found, { is: "live" }>): { status: number; html: string } {
  const words = wordsIn("locale" in found ? found.locale : null);
  const status = { paused: 503, archived: 410, unknown: 404, unsure: 503 }[found.is];
  const name = "name" in found ? `<p><strong>${text(found.name)}</strong></p>` : "";
  return {
    status,
    html: page(words.lang, words[`${found.is}Title`], `${name}<p>${text(words[found.is])}</p>`),
  };
}
