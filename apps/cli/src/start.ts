// `npm start`: hub, worker, embedded Postgres and local cloud, until Ctrl-C.
import { runningCloud, stopCloud } from "@atoll/hub/cloud";
import { homeFolder } from "@atoll/hub/home";
import { openRuntime } from "@atoll/hub/runtime";
import { startHub } from "@atoll/hub/start";
import { consoleFolder } from "./console-folder.ts";
import { exitCodeOf } from "./output/exit-codes.ts";
import { duration, paint } from "./output/paint.ts";
import { showProblem } from "./output/render.ts";
import { interrupted } from "./until-interrupted.ts";

const ending = interrupted();
const begun = performance.now();
const home = homeFolder(process.env);

try {
  const cloudBefore = await runningCloud(home);
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
      ...(known.length > 0
        ? ["", ...known.map((each) => `  ${each.slug.padEnd(12)} ${each.state.padEnd(12)} ${each.url ?? ""}`)]
        : []),
      "",
      "Give a client their application (in another terminal):",
      `  ${paint("bold", 'npm run atoll -- up --name "Toko A" --admin-email owner@toko-a.example')}`,
      `  ${paint("dim", "npm run atoll -- --help   shows everything else; Ctrl-C ends it all")}`,
    ].join("\n"),
  );
  await ending;
  console.log("\nEnding …");
  await hub.close();
  await runtime.close();
  if (cloudBefore === undefined && runtime.cloudUrl !== undefined) await stopCloud(home);
} catch (error) {
  showProblem(error);
  process.exitCode = exitCodeOf(error);
}
