/** What the sign-in service said no to, in words. */
export class SignInRefused extends Error {}

const said: Record<number, string> = {
  401: "E-mail or password is wrong.",
  403: "This is not allowed from here.",
  429: "Too many tries. Wait a minute, then try again.",
};

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`/api/auth/${path}`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json().catch(() => null);
  const fields = typeof answer === "object" && answer !== null ? { ...answer } : {};
  if (response.ok) return fields;
  throw new SignInRefused(said[response.status] ?? "The hub could not do this. Try again in a moment.");
}

/** Signs in; true when a code of the second factor is still wanted. */
export async function signIn(email: string, password: string): Promise<boolean> {
  const answer = await post("sign-in/email", { email, password });
  return answer.twoFactorRedirect === true;
}

/** Where an identity provider's own sign-in is. */
export async function providerAddress(provider: string, back: string): Promise<string> {
  const { url } = await post("sign-in/social", { provider, callbackURL: back });
  if (typeof url !== "string") throw new SignInRefused("The identity provider did not answer.");
  return url;
}

/** Hands in one of the codes for when the app is lost; it is used up then. */
export async function verifyBackupCode(code: string): Promise<void> {
  await post("two-factor/verify-backup-code", { code: code.trim() }).catch((error: unknown) => {
    if (error instanceof SignInRefused && error.message === said[401])
      throw new SignInRefused("This code is wrong or was used before. Take another one of the list.");
    throw error;
  });
}

const providerSaid: Record<string, string> = {
  signup_disabled:
    "Nobody here has the address that the identity provider gave. Ask an owner for an invitation.",
  account_not_linked:
    "The identity provider has not verified this address. Sign in with your password, or have it verified there.",
  access_denied: "The identity provider was told no.",
};

/** Why an identity provider's sign-in ended without a session; what is not known is not repeated. */
export function providerProblem(code: string | undefined): string | undefined {
  if (code === undefined) return undefined;
  return (
    providerSaid[code] ?? "The identity provider's sign-in did not work. Try again, or use your password."
  );
}

/** Hands in a code of the second factor: while signing in, or to switch it on. */
export async function verifyCode(code: string): Promise<void> {
  await post("two-factor/verify-totp", { code: code.replace(/\s/g, "") }).catch((error: unknown) => {
    if (error instanceof SignInRefused && error.message === said[401])
      throw new SignInRefused("This code is wrong or too old. Type the one that shows now.");
    throw error;
  });
}

/** What an authenticator app needs, and codes for when it is lost. Works after `verifyCode` only. */
export async function beginTwoFactor(password: string): Promise<{ uri: string; backupCodes: string[] }> {
  const { totpURI, backupCodes } = await post("two-factor/enable", { password });
  if (typeof totpURI !== "string")
    throw new SignInRefused("The hub could not do this. Try again in a moment.");
  return { uri: totpURI, backupCodes: Array.isArray(backupCodes) ? backupCodes.map(String) : [] };
}

/** Switches the second factor off. */
export async function endTwoFactor(password: string): Promise<void> {
  await post("two-factor/disable", { password });
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  await post("sign-out", {});
}
