import { type AddCommand, examples } from "../../command.ts";
import { hostAdd, hostList, hostRemove } from "./handler.ts";

/** Tells the command line about `atoll host`. */
export const hostCommand: AddCommand = (program, { context, show }) => {
  const host = program
    .command("host")
    .description("hosts that lead to an instance, beside {slug}.ATOLL_DOMAIN");

  host
    .command("list")
    .argument("<slug>")
    .description("its hosts, and what visitors find there")
    .addHelpText("after", examples("atoll host list saint-ouen"))
    .action((slug: string) => show(hostList(context, { slug })));

  host
    .command("add")
    .argument("<slug>")
    .argument("<host>")
    .description("have a host lead to an instance; whoever adds it vouches for it")
    .addHelpText("after", examples("atoll host add saint-ouen www.saint-ouen.example"))
    .action((slug: string, name: string) => show(hostAdd(context, { slug, host: name })));

  host
    .command("remove")
    .argument("<slug>")
    .argument("<host>")
    .description("have a host lead nowhere")
    .addHelpText("after", examples("atoll host remove saint-ouen www.saint-ouen.example"))
    .action((slug: string, name: string) => show(hostRemove(context, { slug, host: name })));
};
