import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { PlanView } from "../parts/plan-view.tsx";

/** What approving a request would create, and what that costs. */
export function RequestPlan({ id }: { id: string }) {
  // It asks every provider: not again by itself.
  const query = useQuery({ ...read("planRequest", { params: { id } }), staleTime: 60_000, retry: false });
  return (
    <Load query={query} lines={6} lineHeight={36}>
      {(plan) => <PlanView plan={plan} />}
    </Load>
  );
}
