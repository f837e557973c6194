import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Browser, type Door, openDoor } from "./testing/door.ts";
import { type Claims, type IdentityProvider, startIdentityProvider } from "./testing/identity-provider.ts";

const databases = { RS256: await testDatabase(), ES256: await testDatabase(), away: await testDatabase() };

describe.each(["RS256", "ES256"] as const)("an identity provider that signs with %s", (alg) => {
  const home = mkdtempSync(path.join(tmpdir(), "atoll-door-"));
  let provider: IdentityProvider;
  let door: Door;

  beforeAll(async () => {
    provider = await startIdentityProvider(alg);
    door = await openDoor(databases[alg], home, {
      OIDC_DISCOVERY_URL: provider.discoveryUrl,
      OIDC_CLIENT_ID: provider.clientId,
      OIDC_CLIENT_SECRET: provider.clientSecret,
      OIDC_NAME: "office",
    });
    await door.member("ana@atoll.example", "operator");
    await door.member("ben@atoll.example", "viewer");
  });
  beforeEach(async () => {
    provider.flaw = undefined;
    await door.forgetTries();
  });
  afterAll(async () => {
    await door?.stop();
    await provider?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const claims = (email: string, more: Partial<Claims> = {}): Claims => ({
    sub: `sub of ${email}`,
    email,
    email_verified: true,
    name: "As the provider says",
    ...more,
  });

  /** Goes to the provider and comes back with what it gives along. */
  async function atProvider(browser: Browser, person: Claims): Promise<string> {
    const begun = await browser.post("/api/auth/sign-in/social", { provider: "office", callbackURL: "/" });
    expect(begun.status).toBe(200);
    const { url } = (await begun.json()) as { url: string };
    provider.person = person;
    const back = (await fetch(url, { redirect: "manual" })).headers.get("location") ?? "";
    expect(back).toMatch(/^http:\/\/hub\.test\/api\/auth\/callback\/office\?/);
    return back.slice("http://hub.test".length);
  }

  async function through(browser: Browser, person: Claims): Promise<string> {
    const answer = await browser.get(await atProvider(browser, person));
    expect(answer.status).toBe(302);
    return answer.headers.get("location") ?? "";
  }

  const people = async () =>
    (await door.sql.query('select email, name, role from people."user" order by email')).rows;

  test("is offered by its name", async () => {
    const hub = (await (await door.browser().get("/api/hub")).json()) as { signInWith: string[] };
    expect(hub.signInWith).toEqual(["password", "office"]);
  });

  test("lets a member in, as the member that they are", async () => {
    const before = await people();
    const browser = door.browser();
    expect(await through(browser, claims("ana@atoll.example", { role: "owner" }))).toBe("/");
    expect(await browser.me()).toMatchObject({ email: "ana@atoll.example", role: "operator" });
    expect(await people()).toEqual(before);
    const again = door.browser();
    await through(again, claims("ana@atoll.example"));
    expect(await again.me()).toMatchObject({ email: "ana@atoll.example" });
  });

  test("who was let in once is known by their subject, not by an address", async () => {
    const [browser, impostor] = [door.browser(), door.browser()];
    await through(door.browser(), claims("ana@atoll.example"));
    const moved = claims("ana@new.example", { sub: "sub of ana@atoll.example" });
    await through(browser, moved);
    expect(await browser.me()).toMatchObject({ email: "ana@atoll.example" });
    await through(impostor, claims("ben@atoll.example", { sub: "sub of ana@atoll.example" }));
    expect(await impostor.me()).toMatchObject({ email: "ana@atoll.example" });
  });

  test("lets nobody in who is no member, and makes nobody one", async () => {
    const before = await people();
    const browser = door.browser();
    const to = new URL(await through(browser, claims("stranger@elsewhere.example")), "http://hub.test");
    expect(to.searchParams.get("error")).toBe("signup_disabled");
    expect(to.pathname).toBe("/sign-in");
    expect(await browser.me()).toBeUndefined();
    // Asking for an account in so many words changes nothing.
    const begun = await browser.post("/api/auth/sign-in/social", {
      provider: "office",
      callbackURL: "/",
      requestSignUp: true,
    });
    const { url } = (await begun.json()) as { url: string };
    const back = (await fetch(url, { redirect: "manual" })).headers.get("location") ?? "";
    await browser.get(back.slice("http://hub.test".length));
    expect(await browser.me()).toBeUndefined();
    expect(await people()).toEqual(before);
  });

  test("does not let somebody in whose address the provider has not checked", async () => {
    const browser = door.browser();
    const to = await through(browser, claims("ben@atoll.example", { email_verified: false }));
    expect(to).toContain("error=account_not_linked");
    expect(await browser.me()).toBeUndefined();
  });

  test.each(["signature", "audience", "nonce", "issuer", "expired"] as const)(
    "does not let in by a token with a wrong %s",
    async (flaw) => {
      provider.flaw = flaw;
      const browser = door.browser();
      expect(await through(browser, claims("ana@atoll.example"))).toContain("error=");
      expect(await browser.me()).toBeUndefined();
    },
  );

  test("a sign-in that one browser began is not another one's", async () => {
    const [mine, theirs] = [door.browser(), door.browser()];
    const back = await atProvider(mine, claims("ana@atoll.example"));
    const answer = await theirs.get(back);
    expect(answer.headers.get("location")).toContain("error=");
    expect(await theirs.me()).toBeUndefined();
  });

  test("does not send anybody on to another site", async () => {
    const answer = await door.browser().post("/api/auth/sign-in/social", {
      provider: "office",
      callbackURL: "https://evil.example/",
    });
    expect(answer.status).toBe(403);
  });

  test("who was removed is a stranger", async () => {
    await door.member("gone@atoll.example");
    await through(door.browser(), claims("gone@atoll.example"));
    await door.sql.query(`delete from people."user" where email = 'gone@atoll.example'`);
    const browser = door.browser();
    expect(await through(browser, claims("gone@atoll.example"))).toContain("error=");
    expect(await browser.me()).toBeUndefined();
  });
});

test("a provider that is away keeps nobody from their password, and is used once it is back", async () => {
  const home = mkdtempSync(path.join(tmpdir(), "atoll-door-"));
  const provider = await startIdentityProvider("ES256");
  provider.away = true;
  const door = await openDoor(databases.away, home, {
    OIDC_DISCOVERY_URL: provider.discoveryUrl,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
  });
  try {
    await door.member("ana@atoll.example");
    const browser = door.browser();
    expect((await browser.signIn("ana@atoll.example")).status).toBe(200);
    const begin = () => browser.post("/api/auth/sign-in/social", { provider: "oidc", callbackURL: "/" });
    expect((await begin()).ok).toBe(false);
    provider.away = false;
    const begun = await begin();
    expect(begun.status).toBe(200);
    expect(((await begun.json()) as { url: string }).url).toContain("code_challenge_method=S256");
  } finally {
    await door.stop();
    await provider.stop();
    rmSync(home, { recursive: true, force: true });
  }
});
