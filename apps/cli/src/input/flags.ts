import type { Command } from "commander";

/** Options by which answers are given: a file, or one by one. */
export const answering = (command: Command) =>
  command
    .option("-f, --file <path>", "answers as JSON or YAML; `-` reads standard input")
    .option("--name <name>", "the client's name, as people write it")
    .option("--admin-email <address>", "who signs in first and gets the welcome mail")
    .option("--admin-name <name>", "that person's name")
    .option("--region <code>", "region of the database, as Supabase calls it")
    .option("--modules <list>", "comma-separated: crm,email,social,content,accommodation")
    .option("--locale <language>", "en, fr or id")
    .option("--blueprint <name>", "what kind of instance", "business")
    .option(
      "--environment <name>",
      "provider accounts to make it with; the first of ATOLL_ENVIRONMENTS if left out",
    );
