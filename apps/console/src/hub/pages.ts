import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";

/** Reads a long list part by part; while a filter changes, what was there stays. */
export function pages<Page extends { nextCursor?: string | undefined }>(
  name: string,
  filter: object,
  ask: (part: { cursor?: string }, signal: AbortSignal) => Promise<Page>,
) {
  return infiniteQueryOptions({
    queryKey: [name, filter],
    queryFn: ({ pageParam, signal }) => ask(pageParam === undefined ? {} : { cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined, // the type of what the last part gives
    getNextPageParam: (last: Page) => last.nextCursor,
    placeholderData: keepPreviousData,
  });
}
