// `npm start`: hub, worker, embedded Postgres and local cloud, until Ctrl-C.
import { runningClouds, stopClouds } from "@atoll/hub/environments/clouds";
import { keepWorkers } from "@atoll/hub/environments/workers";
import { homeFolder } from "@atoll/hub/home";
import { openRuntime } from "@atoll/hub/runtime";
import { startHub } from "@atoll/hub/start";
import { consoleFolder } from "./console-folder.ts";
import { exitCodeOf } from "./output/exit-codes.ts";
import { duration, paint } from "./output/paint.ts";
import { showProblem } from "./output/render.ts";
import { mainProgram } from "./program.ts";
import { interrupted } from "./until-interrupted.ts";

const ending = interrupted();
const begun = performance.now();
const home = homeFolder(process.env);

try {
  const before = await runningClouds(process.env, home);
  const runtime = await openRuntime({
    env: process.env,
    worker: true,
    remark: (text) => console.log(paint("dim", text)),
  });
  const folder = consoleFolder();
  const hub = await startHub({
    runtime,
    env: process.env,
    ...(folder !== undefined && { consoleFolder: folder }),
  });
  const firstOwner = folder === undefined ? undefined : await hub.firstOwnerLink();
  const instances = await runtime.journal.list();
  const known = instances.filter((each) => each.state !== "removed");
  console.log(
    [
      "",
      `${paint(["green", "bold"], "Atoll is up")} ${paint("dim", `(${duration(performance.now() - begun)})`)}`,
      folder !== undefined
        ? `  console      ${paint("bold", hub.url)}`
        : `  hub's API    ${hub.url}/api/openapi.json`,
      ...(firstOwner === undefined
        ? []
        : [
            `  first owner  ${paint("bold", firstOwner)}`,
            paint("dim", "               this link works once, for a day"),
          ]),
      ...(runtime.cloudUrl === undefined
        ? ["  providers    the real ones, by the tokens in the environment"]
        : [`  local cloud  ${runtime.cloudUrl}`, `  mailbox      ${runtime.mailbox}`]),
      "  worker       running; runs that were interrupted go on now",
      ...(runtime.environments.length > 1
        ? [
            `  environments ${runtime.environments.join(", ")}; new instances are made in the first unless you say`,
          ]
        : []),
      ...(known.length > 0
        ? ["", ...known.map((each) => `  ${each.slug.padEnd(12)} ${each.state.padEnd(12)} ${each.url ?? ""}`)]
        : []),
      "",
      "Give a client their application (in another terminal):",
      `  ${paint("bold", 'npm run atoll -- up --name "Toko A" --admin-email owner@toko-a.example')}`,
      `  ${paint("dim", "npm run atoll -- --help   shows everything else; Ctrl-C ends it all")}`,
    ].join("\n"),
  );
  const workers = keepWorkers({
    env: process.env,
    program: mainProgram,
    tell: (text) => console.log(paint("dim", text)),
  });
  await ending;
  console.log("\nEnding …");
  await workers.stop();
  await hub.close();
  await runtime.close();
  if (runtime.cloudUrl !== undefined) await stopClouds(process.env, home, before);
} catch (error) {
  showProblem(error);
  process.exitCode = exitCodeOf(error);
}
