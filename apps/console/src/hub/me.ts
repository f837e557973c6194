import type { Role } from "@atoll/contract/schemas/account";
import { useQuery } from "@tanstack/react-query";
import { read } from "./read.ts";

/** Who is signed in; kept until something says otherwise. */
export const meQuery = { ...read("showMe", {}), staleTime: 60_000 };

/** Role of whoever is signed in; the lowest until that is known. */
export function useRole(): Role {
  return useQuery(meQuery).data?.role ?? "viewer";
}
