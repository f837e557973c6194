import { checked, form, oneOf, refuse } from "@atoll/blueprint-kit/asking";
import { z } from "zod";
import { hostFrom } from "../resolver/host.ts";

const deeds = ["add", "verify", "primary", "remove"] as const;

/** What a run of kind `domain` was asked for: JSON without secrets. */
export interface DomainAsked {
  do: (typeof deeds)[number];
  /** As it is kept: small letters, other scripts as punycode. */
  domain: string;
}

const fields = form({
  do: oneOf("deed of a domain", deeds),
  domain: z.string("has to be the name of a domain"),
});

// Whoever has a site there has a name below it: nobody's own domain.
const ofHosts = [
  "vercel.app",
  "now.sh",
  "netlify.app",
  "netlify.com",
  "supabase.co",
  "github.io",
  "pages.dev",
];

/** Checks what was asked for, whatever was typed. Throws a fault that names the field. */
export function domainAskedIn(given: unknown): DomainAsked {
  const { do: deed, domain: typed } = checked(fields, given);
  const trimmed = typed.trim();
  const no = (what: string): never => refuse([{ field: "domain", what }]);
  if (trimmed.includes("*")) no("holds an asterisk: name each domain by itself");
  const domain = hostFrom(trimmed);
  if (domain === undefined || /:\d+$/.test(trimmed))
    return no("is no name of a domain: write it as in www.example.org, without scheme, port or path");
  const host = ofHosts.find((each) => domain === each || domain.endsWith(`.${each}`));
  if (host !== undefined) no(`is below ${host}, which is its host's own`);
  return { do: deed, domain };
}
