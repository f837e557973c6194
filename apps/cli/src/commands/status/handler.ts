import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { waitsOf } from "../../output/waits.ts";
import { noWorker } from "../../output/words.ts";

const styles: Record<string, Parameters<typeof paint>[0]> = { live: "green", failed: "red", removed: "dim" };

/** All instances in a line each, or one with its resources and runs. Reads the journal, and which providers are waited for. */
export async function* status(context: CommandContext, input: { slug?: string }): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    if (input.slug !== undefined) return await one(desk, input.slug);
    const instances = await desk.journal.list();
    const waits = (await desk.monitor.accounts()).flatMap(waitsOf);
    const width = Math.max(...instances.map((each) => each.slug.length), 4);
    // Named where there is more than one to tell apart.
    const isMixed = new Set(instances.map((each) => each.environment)).size > 1;
    const text = instances.map(
      (each) =>
        `  ${each.slug.padEnd(width)}  ${paint(styles[each.state] ?? "yellow", each.state.padEnd(12))} ${each.blueprint}  ${isMixed ? `${each.environment}  ` : ""}${each.url ?? ""}`,
    );
    return {
      result: { instances, ...(waits.length > 0 && { waits }) },
      text:
        instances.length === 0
          ? 'No instance yet. `atoll up --name "Toko A" --admin-email owner@example.com` makes the first.'
          : [...text, ...waits.map((each) => paint("yellow", `  ${each}`))].join("\n"),
      exitCode: exitCode.ok,
    };
  });
}

async function one(desk: Awaited<ReturnType<CommandContext["desk"]>>, slug: string) {
  const instance = await desk.instance(slug);
  const resources = await desk.journal.resources(slug);
  const runs = await desk.journal.runs(slug);
  const width = Math.max(...resources.map((each) => each.step.length), 4);
  const text = [
    `${paint("bold", slug)}  ${paint(styles[instance.state] ?? "yellow", instance.state)}  ${instance.environment}  ${instance.url ?? ""}`,
    "",
    ...resources.map(
      (each) =>
        `  ${each.step.padEnd(width)}  ${each.kind.padEnd(22)} ${plain(each.id ?? "")}${each.brought ? paint("cyan", "  brought") : ""}`,
    ),
    "",
    ...runs.flatMap((each) => {
      const fault = each.fault === undefined ? "" : `  ${plain(each.fault.what)}`;
      const state = paint(each.state === "succeeded" ? "green" : "yellow", each.state.padEnd(10));
      return [
        `  ${each.kind.padEnd(10)} ${state} ${each.id}${fault}`,
        ...(each.lacksWorker ? [`    ${noWorker(each.environment)}`] : []),
        ...each.owed.map((owed) => `    could not be removed: ${owed.step}: ${plain(owed.fault.what)}`),
      ];
    }),
  ];
  return { result: { instance, resources, runs }, text: text.join("\n"), exitCode: exitCode.ok };
}
