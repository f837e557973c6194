import { targetStates } from "@atoll/contract/schemas/fleet";
import type { Command } from "commander";
import { type AddCommand, examples } from "../../command.ts";
import { rolloutGoOn, rolloutHold, rolloutList, rolloutShow } from "./rollout.ts";

/** Adds `schema rollout` to `atoll schema`. */
export function addRollout(schema: Command, { context, show }: Parameters<AddCommand>[1]): void {
  const rollout = schema
    .command("rollout")
    .description("rollouts that were begun, and holding or resuming one");

  rollout
    .command("list")
    .option("--limit <n>", "how many, newest first", "20")
    .description("the newest rollouts")
    .addHelpText("after", examples("atoll schema rollout list"))
    .action((options: { limit: string }) => show(rolloutList(context, options)));

  rollout
    .command("show")
    .argument("<id>")
    .option("--state <state>", `only databases that are ${targetStates.join(", ")}`)
    .description("one rollout with its databases")
    .addHelpText("after", examples("atoll schema rollout show rollout-1a2b3c4d5e --state failed"))
    .action((id: string, options: { state?: string }) => show(rolloutShow(context, { id, ...options })));

  const holding = {
    pause: "begin no further database",
    stop: "end it here; what is done stays done",
  } as const;
  for (const act of ["pause", "stop"] as const)
    rollout
      .command(act)
      .argument("<id>")
      .description(holding[act])
      .action((id: string) => show(rolloutHold(context, { id, act })));

  const going = {
    resume: "go on; what failed is tried again",
    approve: "let the next wave begin",
  } as const;
  for (const act of ["resume", "approve"] as const)
    rollout
      .command(act)
      .argument("<id>")
      .description(`${going[act]}, and follow it`)
      .action((id: string) => show(rolloutGoOn(context, { id, act })));
}
