import { Fault } from "@atoll/core/fault";
import { openDatabase } from "@atoll/hub/database";
import { homeFolder } from "@atoll/hub/home";
import { passwordLink as linkFor } from "@atoll/hub/password-link";
import type { CommandContext } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";

/** A one-time link to a new password for a member, by whoever has the hub's database. */
export async function* passwordLink({ env }: CommandContext, input: { email: string }): Handler {
  const database = await openDatabase(env, homeFolder(env));
  try {
    const baseUrl = (env.ATOLL_PUBLIC_URL ?? `http://localhost:${env.PORT ?? 4400}`).replace(/\/+$/, "");
    const url = await linkFor(database.url, { email: input.email, baseUrl });
    if (url === undefined)
      throw new Fault("rejected", {
        what: `Nobody in the team has the address ${input.email}.`,
        next: "Look at the list of people in the console, or have an owner invite them.",
        field: "email",
      });
    yield {
      type: "remark",
      text: "It works once, for an hour; it ends their sessions and switches their second factor off.",
    };
    return {
      result: { url },
      text: url,
      exitCode: exitCode.ok,
    };
  } finally {
    await database.close();
  }
}
