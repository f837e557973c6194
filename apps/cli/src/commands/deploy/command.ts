import { type AddCommand, examples } from "../../command.ts";
import { operate } from "../operate.ts";
import { deployList } from "./handler.ts";
import { type TemplateOptions, templateList, templateWord, updateTemplate } from "./template.ts";

interface Plan {
  plan?: boolean;
}

/** Tells the command line about `atoll deploy`. */
export const deployCommand: AddCommand = (program, { context, show }) => {
  const deploy = program
    .command("deploy")
    .description(
      "what visitors of an instance get, and newer versions of the template (docs/deployments.md)",
    );

  deploy
    .command("list")
    .argument("<slug>")
    .description("production deployments of its site, newest first")
    .addHelpText("after", examples("atoll deploy list toko-a"))
    .action((slug: string) => show(deployList(context, { slug })));

  const deed = (name: "redeploy" | "rollback" | "promote", description: string, done: string) =>
    deploy
      .command(name)
      .argument("<slug>")
      .argument("[deployment]", "its id; without one the nearest")
      .option("--plan", "only show what it would do")
      .description(description)
      .addHelpText("after", examples(`atoll deploy ${name} toko-a`))
      .action((slug: string, deployment: string | undefined, { plan }: Plan) =>
        show(
          operate(
            context,
            "deploy",
            { slug, plan, input: { do: name, ...(deployment !== undefined && { deployment }) } },
            done,
          ),
        ),
      );
  deed("redeploy", "build it anew with the environment of now", "is built anew and answers");
  deed(
    "rollback",
    "give visitors an earlier deployment; newer ones wait until one is promoted",
    "is back at an earlier deployment and answers",
  );
  deed(
    "promote",
    "give visitors the newest deployment; newer ones follow by themselves again",
    "has the newest deployment and answers",
  );

  const template = deploy
    .command("template")
    .description("bring the template's newest version to instances, as pull requests");
  template
    .command("update", { isDefault: true })
    .argument("[slugs...]", "only these")
    .description("bring it to these, to all, or to those of one kind; `--plan` only shows what it means")
    .option("--plan", "only show what the version means for each")
    .option("--all", "all instances of the environment")
    .option("--where <field=value...>", "only those whose blueprint or environment is this")
    .option("--canary <slugs...>", "which go first")
    .option("--waves <percents...>", "shares of the fleet that are through after each wave", Number)
    .option("--error-budget <percent>", "how many may fail", Number)
    .option("--approve", "wait for a person between waves")
    .option("--merge", "merge by itself what has no conflict, once its preview is built")
    .addHelpText(
      "after",
      examples("atoll deploy template --all --plan", "atoll deploy template --where blueprint=shop --merge"),
    )
    .action((slugs: string[], options: TemplateOptions) => show(updateTemplate(context, slugs, options)));
  template
    .command("list")
    .description("updates that there were")
    .addHelpText("after", examples("atoll deploy template list"))
    .action(() => show(templateList(context)));
  for (const word of ["show", "pause", "resume", "approve", "stop"] as const)
    template
      .command(word)
      .argument("<id>")
      .description(word === "show" ? "how an update stands, instance by instance" : `${word} an update`)
      .addHelpText("after", examples(`atoll deploy template ${word} template-0123456789`))
      .action((id: string) => show(templateWord(context, word, id)));
};
