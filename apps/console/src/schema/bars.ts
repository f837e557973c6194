import type { SchemaOverview } from "@atoll/contract/schemas/fleet";

type Kind = SchemaOverview["blueprints"][number];

/** One version of a blueprint, with how many instances stand at it. */
interface VersionBar {
  version: number;
  /** Of the migration that leads to it; undefined for none, or one that this hub does not know. */
  name: string | undefined;
  instances: number;
  /** Of all instances, 0 to 100. */
  percent: number;
  /** How many versions older than the newest. */
  behind: number;
}

/** Versions at which there are instances, newest first; the newest one is there even where nobody has it yet. */
export function barsOf({ newest, migrations, versions, instances }: Kind): VersionBar[] {
  const counts = new Map(versions.map((each) => [each.version, each.instances]));
  if (!counts.has(newest)) counts.set(newest, 0);
  return [...counts]
    .sort(([a], [b]) => b - a)
    .map(([version, count]) => ({
      version,
      name: migrations.find((each) => each.version === version)?.name.replaceAll("_", " "),
      instances: count,
      percent: instances === 0 ? 0 : (count / instances) * 100,
      behind: Math.max(0, newest - version),
    }));
}
