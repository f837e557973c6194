import { useEnvironments } from "../hub/environments.ts";

/** " · staging" behind something's name; nothing where there is one environment only. */
export function EnvironmentMark({ environment }: { environment: string | undefined }) {
  const isTold = useEnvironments().length > 0 && environment !== undefined;
  return isTold ? ` · ${environment}` : null;
}
