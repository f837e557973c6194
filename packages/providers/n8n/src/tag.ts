import type { Http } from "@atoll/provider-kit/http";

interface TagBody {
  id: string;
  name: string;
}

interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** The tag of an instance's workflows. n8n allows 24 characters, so it holds the first 18 of the id. */
export const tagOf = (instance: string) => `atoll-${instance}`.slice(0, 24);

/** Beginning of the id of the instance whose tag this is; undefined for anybody else's tag. */
export const instanceInTag = (name: string) => /^atoll-([a-z0-9]{18})$/.exec(name)?.[1];

/** All entries of one of n8n's paged lists. */
export async function all<T>(
  api: Http,
  path: string,
  query: Record<string, string | number> = {},
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await api.get<Page<T>>(path, {
      query: { ...query, limit: 250, ...(cursor && { cursor }) },
    });
    found.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor);
  return found;
}

/** The tag's id, or undefined when there is no such tag. */
export async function findTag(api: Http, name: string): Promise<string | undefined> {
  return (await all<TagBody>(api, "/tags")).find((tag) => tag.name === name)?.id;
}

/** The tag's id; made where it is missing. Two at once make one: the second gets a 409 and looks it up. */
export async function ensureTag(api: Http, name: string): Promise<string> {
  const there = await findTag(api, name);
  if (there) return there;
  const exists = async () => (await all<TagBody>(api, "/tags")).find((tag) => tag.name === name);
  return (await api.post<TagBody>("/tags", { body: { name }, exists })).id;
}
