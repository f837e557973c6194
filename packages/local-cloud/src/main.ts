// The local cloud as a program: `npm run cloud -- --help`.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startCloud } from "./cloud.ts";
import { type CloudSettings, latencies } from "./kit/settings.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const help = `The local cloud: emulators of every provider, on this machine only.

  --data-dir <folder>    where everything is kept            (.atoll/cloud)
  --port <number>        address of all emulators            (4500, or the next free one)
  --site-port <number>   first port of deployed sites        (4600)
  --smtp-port <number>   mail server                         (4525, or the next free one)
  --latency <name>       ${Object.keys(latencies).join(", ")}               (local)
  --time-scale <number>  provider time passes so much faster (1); below 1, slower
  --light                no clone, build or process for a deployment
  --token-suffix <text>  ends every token: for two clouds side by side
  --no-rate-limits       no provider refuses for too many calls
  --supabase-plan <name> free or pro                         (pro)
  --build-cache <folder> where builds are kept               (.atoll/builds)`;

const { values } = parseArgs({
  options: {
    "data-dir": { type: "string", default: path.join(root, ".atoll", "cloud") },
    port: { type: "string", default: "4500" },
    "site-port": { type: "string", default: "4600" },
    "smtp-port": { type: "string", default: "4525" },
    latency: { type: "string", default: "local" },
    "time-scale": { type: "string", default: "1" },
    light: { type: "boolean", default: false },
    "token-suffix": { type: "string", default: "" },
    "supabase-plan": { type: "string", default: "pro" },
    "rate-limits": { type: "boolean", default: true },
    "build-cache": { type: "string", default: path.join(root, ".atoll", "builds") },
    help: { type: "boolean", default: false },
  },
  allowNegative: true,
});

function number(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= least) return value;
  console.error(`--${name} is "${text}"; it has to be a number from ${least} upwards.`);
  process.exit(2);
}

function chosenLatencies(): CloudSettings["latencies"] {
  const chosen = latencies[values.latency];
  if (chosen !== undefined) return { ...chosen, timeScale: number("time-scale", values["time-scale"], 0.1) };
  console.error(
    `--latency is "${values.latency}"; it has to be one of: ${Object.keys(latencies).join(", ")}.`,
  );
  process.exit(2);
}

function chosenPlan(): "free" | "pro" {
  const plan = values["supabase-plan"];
  if (plan === "free" || plan === "pro") return plan;
  console.error(`--supabase-plan is "${plan}"; it has to be free or pro.`);
  process.exit(2);
}

if (values.help) {
  console.log(help);
} else {
  const cloud = await startCloud({
    dataDir: path.resolve(values["data-dir"]),
    port: number("port", values.port, 0),
    sitePort: number("site-port", values["site-port"], 1),
    smtpPort: number("smtp-port", values["smtp-port"], 0),
    light: values.light,
    tokenSuffix: values["token-suffix"],
    rateLimits: values["rate-limits"],
    supabasePlan: chosenPlan(),
    latencies: chosenLatencies(),
    templateDir: path.join(root, "template"),
    buildCache: path.resolve(values["build-cache"]),
  });
  console.log(`local cloud at ${cloud.url}, mailbox at ${cloud.url}/mailbox`);
  let ending = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      cloud.close().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
}
