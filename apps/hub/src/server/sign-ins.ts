import { record } from "../store/audit.ts";
import type { Hub } from "./context.ts";

/** What a call of the sign-in service is in the audit log; of others nothing is written. */
const deeds: readonly [path: RegExp, action: string][] = [
  [/^\/sign-in\/email$/, "session.sign-in"],
  [/^\/two-factor\/verify-(totp|backup-code)$/, "session.second-factor"],
  [/^\/(oauth2\/)?callback\//, "session.sign-in"],
  [/^\/sign-out$/, "session.sign-out"],
  [/^\/two-factor\/enable$/, "account.two-factor-begin"],
  [/^\/two-factor\/disable$/, "account.two-factor-off"],
  [/^\/change-password$/, "account.password"],
];

async function personOf(hub: Hub, headers: Headers): Promise<string | undefined> {
  return (await hub.auth.api.getSession({ headers }))?.user.email;
}

/** The cookies that an answer sets, as the browser would send them with the next call. */
function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
}

/** Answers a call of the sign-in service, and writes into the audit log what somebody did by it. */
export async function recorded(
  hub: Hub,
  path: string,
  headers: Headers,
  answered: () => Promise<Response>,
): Promise<Response> {
  const [, action] = deeds.find(([pattern]) => pattern.test(path)) ?? [];
  if (action === undefined) return answered();
  const before = await personOf(hub, headers);
  const answer = await answered();
  if (answer.status >= 400) return answer;
  // Who signs in is known by the session that begins; with a second factor to come, none does yet.
  const person = before ?? (await personOf(hub, new Headers({ cookie: cookiesOf(answer) })));
  if (person !== undefined)
    await hub.store
      .transaction()
      .execute((tx) => record(tx, { actor: person, action, subject: `person/${person}` }));
  return answer;
}
