import { type App, type AppSpec, startApp } from "./app.ts";

/** Runs the processes of deployments as they are asked for. */
export interface Apps {
  /** A running process for it, started where there is none. Call `release` when the answer is out. */
  use(spec: AppSpec): Promise<{ port: number; release(): void }>;
  stop(deploymentId: string): Promise<void>;
  close(): Promise<void>;
}

interface Running {
  app: Promise<App>;
  inUse: number;
  usedAt: number;
}

/** At most so many at once (a site takes some 80 MB): the one that nobody asked for longest sleeps until asked again. */
const atMost = 24;

/** Starts each process at the first request for it and once only. */
export function openApps(): Apps {
  const all = new Map<string, Running>();
  let uses = 0;

  async function stop(deploymentId: string): Promise<void> {
    const running = all.get(deploymentId);
    all.delete(deploymentId);
    const app = await running?.app.catch(() => undefined);
    await app?.stop();
  }

  function makeRoom(): void {
    if (all.size < atMost) return;
    const idle = [...all].filter(([, each]) => each.inUse === 0).sort(([, a], [, b]) => a.usedAt - b.usedAt);
    const [oldest] = idle;
    if (oldest) void stop(oldest[0]);
  }

  function start(spec: AppSpec): Running {
    makeRoom();
    const running: Running = { app: startApp(spec), inUse: 0, usedAt: 0 };
    all.set(spec.deploymentId, running);
    running.app.catch(() => {
      if (all.get(spec.deploymentId) === running) all.delete(spec.deploymentId);
    });
    return running;
  }

  return {
    async use(spec) {
      const there = all.get(spec.deploymentId);
      const dead = there !== undefined && (await there.app.then((app) => app.ended).catch(() => true));
      if (dead && all.get(spec.deploymentId) === there) all.delete(spec.deploymentId);
      const running = all.get(spec.deploymentId) ?? start(spec);
      running.inUse += 1;
      running.usedAt = ++uses;
      const release = () => {
        running.inUse -= 1;
      };
      try {
        return { port: (await running.app).port, release };
      } catch (error) {
        release();
        throw error;
      }
    },
    stop,
    close: async () => void (await Promise.all([...all.keys()].map(stop))),
  };
}
