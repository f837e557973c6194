import { useQuery } from "@tanstack/react-query";
import { read } from "./read.ts";

/** Names of the sets of provider accounts, the default first; empty where there is only one: nothing to choose. */
export function useEnvironments(): readonly string[] {
  const { data } = useQuery({ ...read("listEnvironments", {}), staleTime: 300_000 });
  const names = data?.items.map(({ name }) => name) ?? [];
  return names.length > 1 ? names : [];
}
