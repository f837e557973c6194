import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { PlanView } from "../parts/plan-view.tsx";

/** What approving a request would create; `as` = decided otherwise than it was asked for, or not by default. */
export const requestPlan = (
  id: string,
  as: { slug?: string | undefined; environment?: string | undefined } = {},
) => ({
  ...read("planRequest", { params: { id }, query: as }),
  // It asks every provider: not again by itself.
  staleTime: 60_000,
  retry: false,
});

/** What approving a request would create, and what that costs. */
export function RequestPlan({ id }: { id: string }) {
  const query = useQuery(requestPlan(id));
  return (
    <Load query={query} lines={6} lineHeight={36}>
      {(plan) => <PlanView plan={plan} />}
    </Load>
  );
}
