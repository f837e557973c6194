import { domainToASCII } from "node:url";

// Names have at least two labels of at most 63; the last one has a letter first, so no IP address is one.
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const name = new RegExp(`^(?:${label}\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`);
const mostChars = 253;

/**
 * A host as it is compared: lower case, no port, no dot at the end, other scripts as punycode. Undefined for what no
 * instance can have: addresses by number, single words, names that are too long, and everything that is no name.
 */
export function hostFrom(typed: string): string | undefined {
  if (typed.length > mostChars + 7) return undefined; // a dot and a port more
  const bare = typed.replace(/:\d{1,5}$/, "").replace(/\.$/, "");
  // What only looks like a host must not become one: `domainToASCII` takes more than names.
  if (/[\s/\\?#@:%[\]]/.test(bare)) return undefined;
  const ascii = domainToASCII(bare);
  return ascii.length <= mostChars && name.test(ascii) ? ascii : undefined;
}

/** True when a host is a domain, or stands below it. */
export const isWithin = (host: string, domain: string): boolean =>
  host === domain || host.endsWith(`.${domain}`);
