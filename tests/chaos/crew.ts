import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { AtPoint, Begin } from "./orders.ts";

const program = fileURLToPath(new URL("./worker.ts", import.meta.url));
const clock = new URL("./clock.ts", import.meta.url).href;

interface Worker {
  child: ChildProcess;
  loaded: Promise<void>;
  ready: Promise<string>;
}

/** What happened to workers until now. */
interface CrewCounts {
  kills: number;
  freezes: number;
  /** Ended by themselves when they noticed that they stood still for too long. */
  fenced: number;
  /** Ended otherwise: none should. */
  broken: number;
}

/** Worker processes in numbered places: one that ends is followed by another, which was loaded beforehand. */
export interface Crew {
  counts: CrewCounts;
  /** Everything that workers printed, newest last; bounded. */
  log(): readonly string[];
  forgetLog(): void;
  /** Ends the one in this place with -9. */
  kill(place: number): void;
  /** Stops the one in this place, and lets it go on after so long. */
  freeze(place: number, forMs: number): Promise<void>;
  order(place: number, order: AtPoint, thawAfterMs: number): void;
  /** Takes back every order, and thaws who stands still. */
  calm(): void;
  /** Gives the worker in this place a clock that is wrong by so much: one that has another clock ends, and the next has it. */
  shift(place: number, shiftMs: number): void;
  /** Sets the clock of the worker in this place forward, while it runs. */
  jump(place: number, byMs: number): void;
  /** Id of the worker in this place, once it takes up runs. */
  executor(place: number): Promise<string>;
  /** Waits until every place has a worker that takes up runs. */
  allReady(): Promise<void>;
  stop(): Promise<void>;
}

const fencedExitCode = 75;
const mostLines = 20_000;

/** Opens `count` places, and fills them. */
export async function openCrew(begin: () => Begin, count: number): Promise<Crew> {
  const counts: CrewCounts = { kills: 0, freezes: 0, fenced: 0, broken: 0 };
  const shifts: number[] = Array.from({ length: count }, () => 0);
  const places: Worker[] = [];
  let lines: string[] = [];
  let stopping = false;
  let spare = load();

  function load(): Worker {
    const child = spawn(process.execPath, ["--import", clock, program], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // What the first one compiled the next ones take: to load a worker is dearer than most schedules.
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
    });
    const loaded = Promise.withResolvers<void>();
    const ready = Promise.withResolvers<string>();
    for (const each of [loaded.promise, ready.promise]) each.catch(() => {}); // whoever waits is told
    child.on("message", (message: { loaded?: true; ready?: string }) => {
      if (message.loaded) loaded.resolve();
      if (message.ready !== undefined) ready.resolve(message.ready);
    });
    child.on("exit", (code, signal) => {
      const why = new Error(`A worker ended with ${code ?? signal}.`);
      loaded.reject(why);
      ready.reject(why);
    });
    const keep = (line: string) => {
      lines.push(line);
      if (lines.length > mostLines) lines = lines.slice(-mostLines / 2);
    };
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on("line", keep);
    return { child, loaded: loaded.promise, ready: ready.promise };
  }

  function tell(worker: Worker | undefined, message: object): void {
    if (worker?.child.connected) worker.child.send(message, () => {});
  }

  function fill(place: number): void {
    const worker = spare;
    places[place] = worker;
    spare = load();
    worker.loaded.then(
      () => {
        tell(worker, { shiftMs: shifts[place] });
        tell(worker, begin());
      },
      () => {},
    );
    worker.child.once("exit", (code, signal) => {
      if (stopping || places[place] !== worker) return;
      if (signal === "SIGKILL") counts.kills += 1;
      else if (code === fencedExitCode) counts.fenced += 1;
      else counts.broken += 1;
      // One that could not begin, as while Postgres is down, gives the next one a moment.
      setTimeout(() => stopping || fill(place), signal === "SIGKILL" || code === fencedExitCode ? 0 : 300);
    });
  }

  /** Ends the one in a place with -9. The next one has the place at once: nobody waits for one that is ending. */
  function replace(place: number): void {
    const worker = places[place];
    fill(place);
    worker?.child.kill("SIGKILL");
  }

  for (let place = 0; place < count; place++) fill(place);

  return {
    counts,
    log: () => lines,
    forgetLog: () => {
      lines = [];
    },
    kill(place) {
      counts.kills += 1;
      replace(place);
    },
    async freeze(place, forMs) {
      const child = places[place]?.child;
      if (child === undefined) return;
      counts.freezes += 1;
      child.kill("SIGSTOP");
      await sleep(forMs);
      child.kill("SIGCONT");
    },
    order(place, order, thawAfterMs) {
      const worker = places[place];
      tell(worker, { order });
      if (order.does === "freeze" && worker)
        void thawWhenFrozen(worker.child, thawAfterMs, () => stopping, counts);
    },
    calm() {
      for (const worker of places) {
        tell(worker, { forget: true });
        worker.child.kill("SIGCONT");
      }
    },
    shift(place, shiftMs) {
      if (shifts[place] === shiftMs) return;
      shifts[place] = shiftMs;
      // Set back while it runs, the SDK's queue would be polled again when the old time has come.
      replace(place);
    },
    jump(place, byMs) {
      shifts[place] = (shifts[place] ?? 0) + byMs;
      tell(places[place], { shiftMs: shifts[place] });
    },
    executor: async (place) => (await places[place]?.ready) ?? "",
    async allReady() {
      for (let place = 0; place < count; place++)
        for (let tries = 0; ; tries++) {
          const isReady = await places[place]?.ready.then(
            () => true,
            () => false,
          );
          if (isReady) break;
          if (tries > 100)
            throw new Error(`No worker begins in place ${place}: ${lines.slice(-5).join("\n")}`);
          await sleep(100);
        }
    },
    async stop() {
      stopping = true;
      await Promise.all(
        [...places, spare].map(({ child }) => {
          if (child.exitCode !== null || child.signalCode !== null) return undefined;
          const gone = new Promise((resolve) => child.once("exit", resolve));
          child.kill("SIGKILL");
          return gone;
        }),
      );
    },
  };
}

/** State of a process as the kernel has it: "T" = stopped; undefined = gone. */
function stateOf(pid: number | undefined): string | undefined {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

/** One that stops itself is let go on; nobody but the kernel can say that it stands still. */
async function thawWhenFrozen(
  child: ChildProcess,
  afterMs: number,
  isOver: () => boolean,
  counts: CrewCounts,
): Promise<void> {
  for (let looks = 0; looks < 600 && !isOver(); looks++) {
    const state = stateOf(child.pid);
    if (state === undefined || child.exitCode !== null || child.signalCode !== null) return;
    if (state === "T") {
      counts.freezes += 1;
      await sleep(afterMs);
      child.kill("SIGCONT");
      return;
    }
    await sleep(25);
  }
}
