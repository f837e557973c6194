import { Fault } from "@atoll/core/fault";

/** Values for the `{name}` parts of a path; a `{+name}` part keeps its slashes. */
export type PathParams = Record<string, string | number>;

/** Query parameters; a list repeats its key, `undefined` is left out. */
export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** Checks a provider's address as configured: http or https, and no user or password in it. */
export function checkBaseUrl(provider: string, baseUrl: string): URL {
  const url = URL.parse(baseUrl);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Fault("rejected", {
      what: `The address of ${provider} is not an http or https URL.`,
      next: `Correct the base URL of ${provider} in the environment.`,
    });
  if (url.username !== "" || url.password !== "")
    throw new Fault("rejected", {
      what: `The address of ${provider} contains a user or password.`,
      next: `Take them out of the base URL of ${provider}; the token has a variable of its own.`,
    });
  return url;
}

function expand(path: string, params: PathParams): string {
  return path.replace(/\{(\+?)(\w+)\}/g, (_, keepSlashes: string, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`The path ${path} lacks a value for {${name}}.`);
    const parts = keepSlashes ? String(value).split("/") : [String(value)];
    if (parts.includes("")) throw new Error(`The path ${path} has an empty value for {${name}}.`);
    return parts.map(encodeURIComponent).join("/");
  });
}

/** The URL of one call. Values cannot leave their place in the path: `..` is refused, all else is encoded. */
export function addressOf(baseUrl: URL, path: string, params: PathParams = {}, query: Query = {}): URL {
  const expanded = expand(path, params);
  if (/(^|\/)(\.|%2e){1,2}(\/|$|\?)/i.test(expanded))
    throw new Fault("rejected", {
      what: `A name for ${path} consists of dots only.`,
      next: "Choose another name, then retry the run.",
    });
  const url = new URL(baseUrl.href.replace(/\/$/, "") + expanded);
  for (const [key, value] of Object.entries(query))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined) url.searchParams.append(key, String(each));
  return url;
}
