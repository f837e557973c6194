import { setTimeout as wait } from "node:timers/promises";
import type { CloudContext } from "../kit/context.ts";
import type { AppSpec } from "./app.ts";
import type { Apps } from "./apps.ts";
import type { Builder } from "./build/builder.ts";
import { type OnLine, run } from "./build/run.ts";

interface MakerOptions {
  context: CloudContext;
  /** Whose faults strike. */
  provider: string;
  builder: Builder;
  apps: Apps;
  signal: AbortSignal;
}

/** A commit of a repository on the GitHub emulator. */
interface Commit {
  org: string;
  repo: string;
  ref: string;
  sha: string;
}

interface Job {
  /** What an ordered fault "stuck" is matched with. */
  name: string;
  spec: AppSpec;
  onLine: OnLine;
  /** How much of the latency `buildMs` it takes at least. */
  share: number;
  checkOut(folder: string): Promise<void>;
}

/** Makes deployments run, for every host in the same way: fetches the code, builds it once and starts it. */
export interface Maker {
  /** Ends when it answers; in light mode nothing is built. Gives the build's key. Throws with the reason otherwise. */
  make(job: Job): Promise<string | undefined>;
  clone(commit: Commit, folder: string, onLine: OnLine): Promise<void>;
}

/** A maker for one host. */
export function openMaker({ context, provider, builder, apps, signal }: MakerOptions): Maker {
  const { settings, clock } = context;

  return {
    async make({ name, spec, onLine, share, checkOut }) {
      const [buildKey] = await Promise.all([
        settings.light ? undefined : builder.build({ site: spec.folder, onLine, checkOut }),
        wait(clock.real(settings.latencies.buildMs * share), undefined, { signal }),
      ]);
      // Ready means that it answers: the process is up before anybody is told.
      if (!settings.light) (await apps.use(spec)).release();
      while (context.faults.isStuck(provider, name)) await wait(50, undefined, { signal });
      return buildKey;
    },

    async clone({ org, repo, ref, sha }, folder, onLine) {
      const bare = context.git.github?.bareRepository(org, repo);
      if (!bare) throw new Error(`The repository ${org}/${repo} is not there any more.`);
      onLine("stdout", `Cloning github.com/${org}/${repo} (Branch: ${ref}, Commit: ${sha.slice(0, 7)})`);
      const options = { folder, onLine, signal };
      await run("git", ["clone", "--quiet", "--no-checkout", bare.path, "."], options);
      await run("git", ["checkout", "--quiet", "--detach", sha], options);
    },
  };
}
