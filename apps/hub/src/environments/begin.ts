import { type HubDatabase, openDatabase } from "../database.ts";
import { startCloudOf } from "./clouds.ts";
import { environmentOfInstance, holdEnvironment, mustBeApart } from "./hold.ts";
import { environmentsOf } from "./names.ts";
import { type Environments, readEnvironments } from "./settings.ts";

interface BeginOptions {
  env: NodeJS.ProcessEnv;
  home: string;
  /** Only this environment. */
  only: string | undefined;
  /** Only the environment that holds this instance, where there are several. */
  about: string | undefined;
  remark(text: string): void;
}

/** Reads the environments, opens the hub's database, and holds each environment to its accounts. */
export async function begin({
  env,
  home,
  only,
  about,
  remark,
}: BeginOptions): Promise<{ environments: Environments; database: HubDatabase }> {
  const isOneOfSeveral = environmentsOf(env) !== undefined;
  // Kept open until there is another session: an embedded server ends with the last one.
  const early =
    only === undefined && about !== undefined && isOneOfSeveral ? await openDatabase(env, home) : undefined;
  try {
    const environments = await readEnvironments({
      env,
      only: only ?? (early && about && (await environmentOfInstance(early.url, about))),
      cloudOf: (environment) => startCloudOf(home, environment, { env, remark }),
    });
    mustBeApart(environments);
    const database = await openDatabase(env, home);
    try {
      // One alone on the local cloud needs no holding: the cloud belongs to the home folder.
      for (const each of environments)
        if (isOneOfSeveral || each.cloud === undefined) await holdEnvironment(database.url, each);
      return { environments, database };
    } catch (error) {
      await database.close();
      throw error;
    }
  } finally {
    await early?.close();
  }
}
