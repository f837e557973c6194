import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Problem } from "./problem.tsx";

interface LoadProps<T> {
  query: Pick<UseQueryResult<T>, "data" | "error" | "refetch">;
  /** How many grey lines stand in for what is coming, and how high each is. */
  lines?: number;
  lineHeight?: number;
  children: (data: T) => ReactNode;
}

/** What a query brings; grey lines before, the problem where it fails. What was there stays beside a new problem. */
export function Load<T>({ query, lines = 3, lineHeight = 44, children }: LoadProps<T>) {
  const { data, error, refetch } = query;
  return (
    <>
      {error && <Problem error={error} onAgain={() => void refetch()} />}
      {data !== undefined && children(data)}
      {data === undefined && error === null && <Lines lines={lines} height={lineHeight} />}
    </>
  );
}

/** Grey lines in place of a list that is coming. */
export function Lines({ lines, height }: { lines: number; height: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} style={{ height, padding: "10px 0" }}>
          <Skeleton height="100%" radius={4} width={`${92 - ((index * 17) % 40)}%`} />
        </div>
      ))}
    </div>
  );
}
