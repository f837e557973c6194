import type { Observed } from "@atoll/core/resource";

/** What a provider says of a thing; its attributes are of its kind's own shape. */
export type Seen = Observed<unknown>;

/** A thing as the journal recorded it when it was last finished. */
export interface Watched {
  kind: string;
  name: string;
  attrs: Record<string, unknown>;
}

const good: Record<string, { attr: string; word: string }> = {
  "vercel.deployment": { attr: "readyState", word: "READY" },
  "netlify.deployment": { attr: "state", word: "ready" },
};

/** What is wrong with a thing by what its provider says now; undefined = it is as it was recorded. Pure. */
export function wrongIn({ kind, name, attrs }: Watched, seen: Seen): string | undefined {
  if (seen.is === "absent") return `"${name}" is gone.`;
  if (seen.is === "settling") return undefined; // on its way: what visitors get, other looks tell
  if (seen.owner === "other") return `"${name}" is not ours any more.`;
  const live = (seen.attrs ?? {}) as Record<string, unknown>; // of the kind's own shape: each is compared as it is
  const wanted = good[kind];
  if (wanted !== undefined && live[wanted.attr] !== wanted.word)
    return `the provider says that it is ${String(live[wanted.attr])}.`;
  if (kind === "n8n.workflow") {
    if (live.archived === true) return `the workflow "${name}" is archived.`;
    if (attrs.active === true && live.active !== true) return `the workflow "${name}" is not published.`;
  }
  return undefined;
}
