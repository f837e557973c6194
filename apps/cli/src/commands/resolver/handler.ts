import { Fault } from "@atoll/core/fault";
import { openDatabase } from "@atoll/hub/database";
import { homeFolder } from "@atoll/hub/home";
import { serveResolver } from "@atoll/hub/resolver/serve";
import type { CommandContext } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { interrupted } from "../../until-interrupted.ts";

function portOf(given: string | undefined): number {
  const port = Number(given ?? 4500);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Fault("rejected", {
    what: `"${given}" is no port.`,
    next: "Give a number from 0 (any free one) to 65535.",
    field: "port",
  });
}

const kindOf = (error: unknown): string =>
  error instanceof Error ? ("code" in error ? String(error.code) : error.name) : "nothing";

/** Says what addresses lead to, until it is asked to end. It needs no hub and no provider, only the hub's database. */
export async function* resolver({ env }: CommandContext, input: { port?: string }): Handler {
  const port = portOf(input.port ?? env.PORT);
  const ending = interrupted();
  const database = await openDatabase(env, homeFolder(env));
  try {
    const running = await serveResolver({
      databaseUrl: database.url,
      env,
      port,
      // Its kind only: what a database says may name hosts and people.
      onError: (error) => process.stderr.write(`resolver: the database says ${kindOf(error)}\n`),
    });
    try {
      yield { type: "remark", text: `The resolver answers at ${running.url}/resolve` };
      await ending;
    } finally {
      await running.close();
    }
  } finally {
    await database.close();
  }
  return { result: { ended: true }, text: "Ended.", exitCode: exitCode.ok };
}
