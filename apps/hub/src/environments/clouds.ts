import path from "node:path";
import { runningCloud, startCloud, stopCloud } from "../cloud.ts";
import type { LocalCloud } from "../settings.ts";
import { environmentsOf } from "./names.ts";

interface Whose {
  name: string;
  isDefault: boolean;
}

/** Where the local cloud of an environment keeps its data: of the default in the home folder itself. */
const cloudHome = (home: string, { name, isDefault }: Whose): string =>
  isDefault ? home : path.join(home, "environments", name);

/** Starts the local cloud of an environment, or finds the one that runs. */
export async function startCloudOf(
  home: string,
  environment: Whose,
  { env, remark }: { env: NodeJS.ProcessEnv; remark(text: string): void },
): Promise<LocalCloud> {
  const { cloud, startedHere } = await startCloud(cloudHome(home, environment), {
    env,
    // Tokens of its own: one cloud's open nothing at the other.
    ...(!environment.isDefault && { args: [`--token-suffix=-${environment.name}`] }),
  });
  const of = environment.isDefault ? "" : ` of "${environment.name}"`;
  if (startedHere) remark(`Local cloud${of} started at ${cloud.url}; \`atoll cloud stop\` ends it.`);
  return cloud;
}

/** Home folders of local clouds that run just now: one, or one for each environment. */
export async function runningClouds(env: NodeJS.ProcessEnv, home: string): Promise<Set<string>> {
  const homes = (environmentsOf(env) ?? [{ name: "", isDefault: true }]).map((each) => cloudHome(home, each));
  const running = await Promise.all(homes.map(runningCloud));
  return new Set(homes.filter((_, index) => running[index] !== undefined));
}

/** Ends the local clouds that run, but for those in `keep`. False = none was ended. */
export async function stopClouds(
  env: NodeJS.ProcessEnv,
  home: string,
  keep: ReadonlySet<string> = new Set(),
): Promise<boolean> {
  const running = [...(await runningClouds(env, home))].filter((each) => !keep.has(each));
  await Promise.all(running.map(stopCloud));
  return running.length > 0;
}
