import { Secret } from "@atoll/core/secret";
import type { Finding } from "@atoll/provider-kit/finding";
import type { Accounts } from "../accounts.ts";
import { spelled } from "./known-variables.ts";
import type { Environment } from "./settings.ts";

/** A finding, where it was found. */
export interface EnvironmentFinding extends Finding {
  environment: string;
  provider: string;
}

/** Every token of an environment, by its provider. */
function tokensOf({ settings }: Environment): { provider: string; token: Secret }[] {
  return Object.entries(settings).flatMap(([provider, each]) =>
    Object.values(each as Record<string, unknown>).flatMap((value) =>
      value instanceof Secret ? [{ provider, token: value }] : [],
    ),
  );
}

/** Looks at the accounts of an environment, and whether another one was given the same token. Reads only. */
export async function examine(
  environment: Environment,
  accounts: Pick<Accounts, "doctor">,
  all: readonly Environment[],
): Promise<EnvironmentFinding[]> {
  const found = await accounts.doctor();
  // Adapters know variables by the names that they have without a prefix.
  const own = found.map((each) => ({
    ...each,
    what: spelled(each.what, environment.spell),
    next: spelled(each.next, environment.spell),
  }));
  return [...own, ...sharedTokens(environment, all)].map((each) => ({
    environment: environment.name,
    ...each,
  }));
}

/** The same token in two environments: whoever holds one of them can reach the other. Values are never shown. */
function sharedTokens(environment: Environment, all: readonly Environment[]) {
  if (environment.cloud !== undefined) return [];
  const others = all.filter((each) => each !== environment && each.cloud === undefined);
  return tokensOf(environment).flatMap(({ provider, token }) => {
    const same = others.filter((other) =>
      tokensOf(other).some((each) => each.token.fingerprint === token.fingerprint),
    );
    if (same.length === 0) return [];
    const names = same.map(({ name }) => `"${name}"`).join(", ");
    return [
      {
        provider,
        ok: false,
        subject: token.name,
        what: `It is the same token as in ${names}: who holds one environment reaches the other.`,
        next: `Make a token of its own for "${environment.name}", and give it as ${token.name}.`,
      },
    ];
  });
}
