import type { InstanceDomain, InstanceDomains } from "@atoll/contract/schemas/domains";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler, Outcome } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { operate } from "../operate.ts";

const words: Record<InstanceDomain["state"], string> = {
  waiting: "waits for its DNS",
  verifying: "is being verified",
  certificate: "waits for its certificate",
  live: "live",
  broken: "broken: its DNS or its certificate has gone",
};

function linesOf({ domain, state, isPrimary, certificate, records, problem }: InstanceDomain): string[] {
  const until = certificate?.expiresAt?.slice(0, 10);
  const more = [isPrimary ? "primary" : "", until === undefined ? "" : `certificate until ${until}`].filter(
    (each) => each !== "",
  );
  const head = `  ${plain(domain)}  ${paint(state === "live" ? "green" : state === "broken" ? "red" : "yellow", words[state])}${more.map((each) => `  ${each}`).join("")}`;
  if (state === "live") return [head];
  return [
    head,
    ...records.map(({ type, name, value }) => `    ${type.padEnd(5)}  ${plain(name)}  ${plain(value)}`),
    ...(problem ? [`    ${plain(problem.what)}`] : []),
  ];
}

function outcomeOf(slug: string, domains: InstanceDomains): Outcome {
  const { address, items } = domains;
  const isBroken = items.some(({ state }) => state === "broken");
  return {
    result: { slug, ...domains },
    text: [
      `${slug}${address === undefined ? "" : `: ${plain(address)}`}`,
      ...(items.length === 0 ? ["  no custom domain"] : items.flatMap(linesOf)),
    ].join("\n"),
    exitCode: isBroken ? exitCode.differs : exitCode.ok,
  };
}

/** `domain list`: the custom domains of an instance. */
export const domainList = (context: CommandContext, { slug }: { slug: string }): Handler =>
  withDesk(context, { worker: false }, async (desk) => outcomeOf(slug, await desk.domains.list(slug)));

/** `domain add`: adds one, and says which DNS records are to be set. */
export async function* domainAdd(
  context: CommandContext,
  { slug, domain, plan }: { slug: string; domain: string; plan?: boolean | undefined },
): Handler {
  const added = yield* operate(
    context,
    "domain",
    { slug, plan, input: { do: "add", domain } },
    `has ${domain}`,
  );
  if (plan || added.exitCode !== exitCode.ok) return added;
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const domains = await desk.domains.list(slug);
    const { result } = outcomeOf(slug, domains);
    const missing = domains.items.filter(({ state }) => state !== "live").flatMap(linesOf);
    const set = missing.length === 0 ? [] : ["Set these DNS records:", ...missing];
    return { result, text: [added.text, ...set].join("\n"), exitCode: exitCode.ok };
  });
}
