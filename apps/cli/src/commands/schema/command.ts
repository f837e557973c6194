import { type AddCommand, examples } from "../../command.ts";
import { type CheckInput, schemaCheck } from "./check.ts";
import { schemaDrift } from "./drift.ts";
import { schemaLint } from "./lint.ts";
import { newMigration } from "./new.ts";
import { addRollout } from "./rollout-command.ts";
import { schemaSync } from "./sync.ts";
import { schemaTest } from "./test.ts";
import { addUpdate } from "./update-command.ts";

const environment = ["--environment <name>", "instances of this set of provider accounts only"] as const;
const blueprint = ["--blueprint <name>", "instances of this kind only"] as const;

/** Tells the command line about `atoll schema`. */
export const schemaCommand: AddCommand = (program, counter) => {
  const { context, show } = counter;
  const schema = program
    .command("schema")
    .description("which version every instance's database has, and bringing the fleet to a new one");

  schema
    .command("check")
    .argument("[slug]", "one instance; all if left out")
    .option(...blueprint)
    .option(...environment)
    .description("look at every database now; exit code 3 when one is behind, differs or does not answer")
    .addHelpText("after", examples("atoll schema check", "atoll schema check --blueprint shop --json"))
    .action((slug: string | undefined, options: Omit<CheckInput, "slug">) =>
      show(schemaCheck(context, { ...options, slug })),
    );

  schema
    .command("sync")
    .argument("[slug]", "one instance; all that are behind if left out")
    .option(...blueprint)
    .option(...environment)
    .option("--out <folder>", "where the files are written", "instances/sql")
    .description("write the SQL that brings each laggard up, for plain psql")
    .addHelpText("after", examples("atoll schema sync", "atoll schema sync toko-a --out ./sql"))
    .action((slug: string | undefined, options: Omit<CheckInput, "slug"> & { out: string }) =>
      show(schemaSync(context, { ...options, slug })),
    );

  addUpdate(schema, program, counter);
  addRollout(schema, counter);

  schema
    .command("drift")
    .argument("<slug>")
    .option("--sql", "print the SQL that repairs it, and nothing else", false)
    .description(
      "what somebody changed in a database beside the migrations; exit code 3 when something differs",
    )
    .addHelpText(
      "after",
      examples("atoll schema drift toko-a", "atoll schema drift toko-a --sql > toko-a-repair.sql"),
    )
    .action((slug: string, options: { sql: boolean }) => show(schemaDrift(context, { slug, ...options })));

  schema
    .command("new")
    .argument("<blueprint>", "its folder, or the name of one that ships")
    .argument("<what>", "what the migration does, in some words")
    .description("make the next numbered migration of a blueprint")
    .addHelpText(
      "after",
      examples('atoll schema new shop "loyalty points"', 'atoll schema new ../bakery "opening hours"'),
    )
    .action((of: string, what: string) => show(newMigration({ blueprint: of, what })));

  schema
    .command("lint")
    .argument("[blueprint]", "all if left out")
    .description("what is dangerous in the migrations, by rule and line; exit code 1 on errors")
    .addHelpText("after", examples("atoll schema lint", "atoll schema lint shop"))
    .action((of: string | undefined) => show(schemaLint(context, { blueprint: of })));

  schema
    .command("test")
    .argument("[blueprint]", "all if left out")
    .option("--like <slug>", "on a copy of this instance's tables, without their rows")
    .description("run the migrations on a scratch database; exit code 1 when one fails")
    .addHelpText("after", examples("atoll schema test shop", "atoll schema test shop --like toko-a"))
    .action((of: string | undefined, options: { like?: string }) =>
      show(schemaTest(context, { blueprint: of, ...options })),
    );
};
