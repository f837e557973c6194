import { useEnvironments } from "../hub/environments.ts";
import { PickOne } from "./filters.tsx";

interface EnvironmentFilterProps {
  chosen: string | undefined;
  onChoose(chosen: string | undefined): void;
}

/** Filters a list by its set of provider accounts; nothing where there is only one. */
export function EnvironmentFilter({ chosen, onChoose }: EnvironmentFilterProps) {
  const options = useEnvironments();
  if (options.length === 0 && chosen === undefined) return null;
  return <PickOne label="Environment" options={options} chosen={chosen} onChoose={onChoose} />;
}
