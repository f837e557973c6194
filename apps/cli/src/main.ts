import { Command, CommanderError } from "commander";
import { audit } from "./commands/audit/handler.ts";
import { cancel } from "./commands/cancel/handler.ts";
import { cloud } from "./commands/cloud/handler.ts";
import { destroy } from "./commands/destroy/handler.ts";
import { doctor } from "./commands/doctor/handler.ts";
import { drift } from "./commands/drift/handler.ts";
import { hub } from "./commands/hub/handler.ts";
import { passwordLink } from "./commands/password-link/handler.ts";
import { plan } from "./commands/plan/handler.ts";
import { repair } from "./commands/repair/handler.ts";
import { retry } from "./commands/retry/handler.ts";
import { status } from "./commands/status/handler.ts";
import { type UpInput, up } from "./commands/up/handler.ts";
import { verify } from "./commands/verify/handler.ts";
import { worker } from "./commands/worker/handler.ts";
import { commandContext } from "./context.ts";
import { exitCode } from "./output/exit-codes.ts";
import type { Handler } from "./output/outcome.ts";
import { type Mode, render } from "./output/render.ts";

const context = commandContext(process.env);

/** Ends the process with the handler's exit code once its output has been written. */
async function show(command: Command, handler: Handler): Promise<void> {
  const { json, ndjson } = command.optsWithGlobals<{ json?: boolean; ndjson?: boolean }>();
  const mode: Mode = ndjson ? "ndjson" : json ? "json" : "human";
  process.exitCode = await render(mode, handler);
}

const examples = (...lines: string[]) => `\nExamples:\n${lines.map((each) => `  $ ${each}`).join("\n")}\n`;

const program = new Command("atoll")
  .description("Gives every client an isolated application of their own, and looks after the fleet.")
  .option("--json", "print one JSON document and nothing else")
  .option("--ndjson", "print every event as a line of JSON, the result last")
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError("(`--help` shows what can be said)")
  .exitOverride()
  .addHelpText(
    "after",
    `${examples('atoll up --name "Toko A" --admin-email owner@toko-a.example', "atoll status", "atoll verify toko-a")}
Exit codes: 0 well, 1 a run failed, 2 wrong input or environment, 3 something differs or does not answer.
Without any provider token in the environment everything runs on the local cloud.
`,
  );

const answering = (command: Command) =>
  command
    .option("-f, --file <path>", "answers as JSON or YAML; `-` reads standard input")
    .option("--name <name>", "the client's name, as people write it")
    .option("--admin-email <address>", "who signs in first and gets the welcome mail")
    .option("--admin-name <name>", "that person's name")
    .option("--region <code>", "region of the database, as Supabase calls it")
    .option("--modules <list>", "comma-separated: crm,email,social,content,accommodation")
    .option("--locale <language>", "en, fr or id")
    .option("--blueprint <name>", "what kind of instance", "business");

answering(program.command("plan").argument("[slug]", "the client's slug; made from the name if left out"))
  .description("show what `up` would do; writes nothing anywhere")
  .addHelpText(
    "after",
    examples(
      'atoll plan --name "Toko A" --admin-email owner@toko-a.example',
      "atoll plan --file toko-a.yaml --json",
    ),
  )
  .action((slug: string | undefined, options: UpInput, command: Command) =>
    show(command, plan(context, { ...options, slug })),
  );

answering(program.command("up").argument("[slug]", "the client's slug; made from the name if left out"))
  .description("give a client their application, or bring an existing one to what is wanted")
  .addHelpText(
    "after",
    examples(
      'atoll up --name "Toko A" --admin-email owner@toko-a.example',
      "atoll up --file toko-a.yaml",
      "atoll up toko-a --ndjson",
    ),
  )
  .action((slug: string | undefined, options: UpInput, command: Command) =>
    show(command, up(context, { ...options, slug })),
  );

program
  .command("status")
  .argument("[slug]", "one instance; all if left out")
  .description("all instances, or one with its resources and runs")
  .addHelpText("after", examples("atoll status", "atoll status toko-a --json"))
  .action((slug: string | undefined, _options: object, command: Command) =>
    show(command, status(context, { slug })),
  );

program
  .command("verify")
  .argument("<slug>")
  .description("is everything as wanted, and does it really answer?")
  .addHelpText("after", examples("atoll verify toko-a"))
  .action((slug: string, _options: object, command: Command) => show(command, verify(context, { slug })));

program
  .command("drift")
  .argument("<slug>")
  .description("what was changed behind our back; writes nothing anywhere")
  .addHelpText("after", examples("atoll drift toko-a", "atoll drift toko-a --json"))
  .action((slug: string, _options: object, command: Command) => show(command, drift(context, { slug })));

program
  .command("repair")
  .argument("<slug>")
  .description("bring an instance back to what was last accepted for it")
  .addHelpText("after", examples("atoll repair toko-a"))
  .action((slug: string, _options: object, command: Command) => show(command, repair(context, { slug })));

program
  .command("destroy")
  .argument("<slug>")
  .option("--confirm <slug>", "repeat the slug: what is removed is gone for good")
  .description("remove everything that Atoll made for an instance")
  .addHelpText("after", examples("atoll destroy toko-a --confirm toko-a"))
  .action((slug: string, options: { confirm?: string }, command: Command) =>
    show(command, destroy(context, { slug, confirm: options.confirm })),
  );

program
  .command("cancel")
  .argument("<slug>")
  .description("cancel the run that is under way; a first provisioning is undone")
  .addHelpText("after", examples("atoll cancel toko-a"))
  .action((slug: string, _options: object, command: Command) => show(command, cancel(context, { slug })));

program
  .command("retry")
  .argument("<slug>")
  .description("go on with the newest run where it stopped, or with the removals that it owes")
  .addHelpText("after", examples("atoll retry toko-a"))
  .action((slug: string, _options: object, command: Command) => show(command, retry(context, { slug })));

program
  .command("cloud")
  .argument("[action]", "start, stop or status", "start")
  .argument("[args...]", "after `--`: options of the local cloud itself")
  .description("the local cloud: emulators of every provider, a process of its own")
  .addHelpText(
    "after",
    examples(
      "atoll cloud",
      "atoll cloud status",
      "atoll cloud stop",
      "atoll cloud start -- --port 4700 --latency real",
    ),
  )
  .action((action: string, args: string[], _options: object, command: Command) =>
    show(command, cloud(process.env, { action, args })),
  );

program
  .command("hub")
  .option("--worker", "do runs in this process, too", false)
  .description("serve the hub until Ctrl-C (HOST, PORT, ATOLL_PUBLIC_URL)")
  .addHelpText("after", examples("atoll hub", "atoll hub --worker"))
  .action((options: { worker: boolean }, command: Command) => show(command, hub(context, options)));

program
  .command("worker")
  .description("do runs until Ctrl-C; any number of workers share one DATABASE_URL")
  .addHelpText("after", examples("atoll worker"))
  .action((_options: object, command: Command) => show(command, worker(context)));

program
  .command("audit")
  .description("check the audit log's chain of hashes: was a row changed or removed?")
  .addHelpText("after", examples("atoll audit", "atoll audit --json"))
  .action((_options: object, command: Command) => show(command, audit(context)));

program
  .command("password-link <email>")
  .description("a one-time link with which a member of the hub's team chooses a new password")
  .addHelpText("after", examples("atoll password-link ada@example.com"))
  .action((email: string, _options: object, command: Command) =>
    show(command, passwordLink(context, { email })),
  );

program
  .command("doctor")
  .description("check each provider's token, permissions, limits and regions; read-only")
  .addHelpText("after", examples("atoll doctor", "atoll doctor --json"))
  .action((_options: object, command: Command) => show(command, doctor(context)));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has already said what is wrong (or printed the help that was asked for).
  process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.input;
}
