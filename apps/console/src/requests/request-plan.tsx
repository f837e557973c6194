import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { PlanView } from "../parts/plan-view.tsx";

/** What approving a request would create; `slug` where it is to be another than the one asked for. */
export const requestPlan = (id: string, slug: string | undefined) => ({
  ...read("planRequest", { params: { id }, query: { slug } }),
  // It asks every provider: not again by itself.
  staleTime: 60_000,
  retry: false,
});

/** What approving a request would create, and what that costs. */
export function RequestPlan({ id }: { id: string }) {
  const query = useQuery(requestPlan(id, undefined));
  return (
    <Load query={query} lines={6} lineHeight={36}>
      {(plan) => <PlanView plan={plan} />}
    </Load>
  );
}
