import { Button, Center } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Lines } from "./load.tsx";
import { Problem } from "./problem.tsx";
import { Rows } from "./rows.tsx";

interface LongListProps<Item> {
  query: UseInfiniteQueryResult<InfiniteData<{ items: Item[] }>>;
  label: string;
  columns: string;
  heads: string[];
  row: (item: Item) => ReactNode;
  empty: ReactNode;
  /** The word on the button that brings the next part. */
  more?: string;
}

/** A list that is read part by part: older parts by a button, since nobody scrolls to the end of a history. */
export function LongList<Item>({
  query,
  label,
  columns,
  heads,
  row,
  empty,
  more = "Show older ones",
}: LongListProps<Item>) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  const items = data?.pages.flatMap((page) => page.items);
  return (
    <>
      {error && <Problem error={error} onAgain={() => void refetch()} />}
      {items === undefined && error === null && <Lines lines={6} height={56} />}
      {items?.length === 0 && empty}
      {items !== undefined && items.length > 0 && (
        <Rows label={label} columns={columns} heads={heads}>
          {items.map(row)}
        </Rows>
      )}
      {hasNextPage && (
        <Center>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {more}
          </Button>
        </Center>
      )}
    </>
  );
}
