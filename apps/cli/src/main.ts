import { Command, CommanderError } from "commander";
import { type AddCommand, examples } from "./command.ts";
import { archiveCommand } from "./commands/archive/command.ts";
import { auditCommand } from "./commands/audit/command.ts";
import { backupCommand } from "./commands/backup/command.ts";
import { blueprintCommand } from "./commands/blueprint/command.ts";
import { cancelCommand } from "./commands/cancel/command.ts";
import { checkCommand } from "./commands/check/command.ts";
import { cloudCommand } from "./commands/cloud/command.ts";
import { deployCommand } from "./commands/deploy/command.ts";
import { destroyCommand } from "./commands/destroy/command.ts";
import { doctorCommand } from "./commands/doctor/command.ts";
import { domainCommand } from "./commands/domain/command.ts";
import { driftCommand } from "./commands/drift/command.ts";
import { exportCommand } from "./commands/export/command.ts";
import { filesCommand } from "./commands/files/command.ts";
import { healthCommand } from "./commands/health/command.ts";
import { hostCommand } from "./commands/host/command.ts";
import { hubCommand } from "./commands/hub/command.ts";
import { importCommand } from "./commands/import/command.ts";
import { inviteCommand } from "./commands/invite/command.ts";
import { keysCommand } from "./commands/keys/command.ts";
import { newCommand } from "./commands/new/command.ts";
import { passwordLinkCommand } from "./commands/password-link/command.ts";
import { pauseCommand } from "./commands/pause/command.ts";
import { planCommand } from "./commands/plan/command.ts";
import { poolCommand } from "./commands/pool/command.ts";
import { rebuildCommand } from "./commands/rebuild/command.ts";
import { repairCommand } from "./commands/repair/command.ts";
import { resolverCommand } from "./commands/resolver/command.ts";
import { restoreCommand } from "./commands/restore/command.ts";
import { resumeCommand } from "./commands/resume/command.ts";
import { retryCommand } from "./commands/retry/command.ts";
import { schemaCommand } from "./commands/schema/command.ts";
import { statusCommand } from "./commands/status/command.ts";
import { sweepCommand } from "./commands/sweep/command.ts";
import { teamCommand } from "./commands/team/command.ts";
import { upCommand } from "./commands/up/command.ts";
import { usageCommand } from "./commands/usage/command.ts";
import { vaultCommand } from "./commands/vault/command.ts";
import { verifyCommand } from "./commands/verify/command.ts";
import { workerCommand } from "./commands/worker/command.ts";
import { commandContext } from "./context.ts";
import { exitCode } from "./output/exit-codes.ts";
import { modeOf, render, showUsage } from "./output/render.ts";

/** In the order in which `atoll --help` lists them. */
const commands: readonly AddCommand[] = [
  newCommand,
  planCommand,
  upCommand,
  statusCommand,
  verifyCommand,
  checkCommand,
  driftCommand,
  healthCommand,
  usageCommand,
  poolCommand,
  schemaCommand,
  vaultCommand,
  hostCommand,
  domainCommand,
  deployCommand,
  inviteCommand,
  teamCommand,
  backupCommand,
  restoreCommand,
  exportCommand,
  importCommand,
  filesCommand,
  repairCommand,
  pauseCommand,
  resumeCommand,
  archiveCommand,
  destroyCommand,
  cancelCommand,
  retryCommand,
  blueprintCommand,
  cloudCommand,
  hubCommand,
  workerCommand,
  resolverCommand,
  auditCommand,
  keysCommand,
  passwordLinkCommand,
  sweepCommand,
  rebuildCommand,
  doctorCommand,
];

/** As it was asked for, wherever on the line it stands: the line itself may be wrong. */
const mode = modeOf(process.argv);

const program = new Command("atoll")
  .description("Gives every client an isolated application of their own, and looks after the fleet.")
  .option("--json", "print one JSON document and nothing else")
  .option("--ndjson", "print every event as a line of JSON, the result last")
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({ outputError: (text, write) => showUsage(mode, text, write) })
  .exitOverride()
  .addHelpText(
    "after",
    `${examples('atoll up --name "Toko A" --admin-email owner@toko-a.example', "atoll status", "atoll verify toko-a")}
Exit codes: 0 well, 1 a run failed, 2 wrong input or environment, 3 something differs or does not answer.
Without any provider token in the environment everything runs on the local cloud.
`,
  );

const context = commandContext(process.env);

for (const add of commands)
  add(program, {
    context,
    async show(handler) {
      process.exitCode = await render(mode, handler);
    },
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has already said what is wrong (or printed the help that was asked for).
  process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.input;
}
