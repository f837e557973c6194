import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What the provider says of whoever signs in there. */
export interface Claims {
  sub: string;
  email: string;
  email_verified: boolean;
  name: string;
  [further: string]: unknown;
}

/** A way in which a token is not what it should be. */
type Flaw = "signature" | "audience" | "nonce" | "issuer" | "expired";

/** A small OpenID provider on loopback: code flow with PKCE, nonce, and signed ID tokens. */
export interface IdentityProvider {
  discoveryUrl: string;
  clientId: string;
  clientSecret: string;
  /** Who sits in front of the provider's own sign-in page. */
  person: Claims;
  /** What is wrong with the next tokens. */
  flaw: Flaw | undefined;
  /** While it is away it answers nothing but 503. */
  away: boolean;
  stop(): Promise<void>;
}

interface Granted {
  claims: Claims;
  nonce: string | null;
  challenge: string | null;
  redirectUri: string;
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

const keysFor = {
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
};

function signed(alg: keyof typeof keysFor, key: KeyObject, claims: object): string {
  const text = `${base64url({ alg, typ: "JWT", kid: "one" })}.${base64url(claims)}`;
  const how = alg === "ES256" ? { key, dsaEncoding: "ieee-p1363" as const } : key;
  return `${text}.${sign("sha256", Buffer.from(text), how).toString("base64url")}`;
}

/** Starts one that signs with `alg`. */
export async function startIdentityProvider(alg: keyof typeof keysFor): Promise<IdentityProvider> {
  const keys = keysFor[alg]();
  const [clientId, clientSecret] = ["atoll-hub", randomBytes(16).toString("hex")];
  const codes = new Map<string, Granted>();
  const tokens = new Map<string, Claims>();
  let issuer = "";

  function authorize(url: URL, response: ServerResponse): void {
    const query = url.searchParams;
    if (query.get("client_id") !== clientId || query.get("response_type") !== "code") {
      answer(response, 400, { error: "invalid_request" });
      return;
    }
    const code = randomBytes(12).toString("hex");
    const redirectUri = query.get("redirect_uri") ?? "";
    codes.set(code, {
      claims: provider.person,
      nonce: query.get("nonce"),
      challenge: query.get("code_challenge"),
      redirectUri,
    });
    const back = new URL(redirectUri);
    back.searchParams.set("code", code);
    back.searchParams.set("state", query.get("state") ?? "");
    response.writeHead(302, { location: back.href }).end();
  }

  function knows(request: IncomingMessage, form: URLSearchParams): boolean {
    const basic = Buffer.from(
      (request.headers.authorization ?? "").replace("Basic ", ""),
      "base64",
    ).toString();
    return (
      basic === `${clientId}:${clientSecret}` ||
      (form.get("client_id") === clientId && form.get("client_secret") === clientSecret)
    );
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    const granted = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const proof = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (!knows(request, form)) return answer(response, 401, { error: "invalid_client" });
    if (granted?.challenge !== proof || granted.redirectUri !== form.get("redirect_uri"))
      return answer(response, 400, { error: "invalid_grant" });
    const { flaw } = provider;
    const now = Math.floor(Date.now() / 1000);
    const accessToken = randomBytes(16).toString("hex");
    tokens.set(accessToken, granted.claims);
    const key = flaw === "signature" ? keysFor[alg]().privateKey : keys.privateKey;
    const idToken = signed(alg, key, {
      ...granted.claims,
      iss: flaw === "issuer" ? "https://other.example" : issuer,
      aud: flaw === "audience" ? "another-client" : clientId,
      nonce: flaw === "nonce" ? "of-another-sign-in" : granted.nonce,
      iat: flaw === "expired" ? now - 7_200 : now,
      exp: flaw === "expired" ? now - 3_600 : now + 300,
    });
    answer(response, 200, {
      access_token: accessToken,
      token_type: "Bearer",
      expires_in: 300,
      id_token: idToken,
      scope: "openid profile email",
    });
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", issuer);
    const bearer = (request.headers.authorization ?? "").replace("Bearer ", "");
    if (provider.away) return answer(response, 503, {});
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return answer(response, 200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/userinfo`,
          jwks_uri: `${issuer}/keys`,
          id_token_signing_alg_values_supported: [alg],
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
        });
      case "/keys":
        return answer(response, 200, {
          keys: [{ ...keys.publicKey.export({ format: "jwk" }), kid: "one", alg, use: "sig" }],
        });
      case "/authorize":
        return authorize(url, response);
      case "/token":
        return void token(request, response);
      case "/userinfo":
        return tokens.has(bearer)
          ? answer(response, 200, tokens.get(bearer) ?? {})
          : answer(response, 401, { error: "invalid_token" });
      default:
        return answer(response, 404, {});
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  issuer = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;

  const provider: IdentityProvider = {
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    person: { sub: "", email: "", email_verified: false, name: "" },
    flaw: undefined,
    away: false,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return provider;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
