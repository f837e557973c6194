import { jwtVerify, SignJWT } from "jose";
import type { Project } from "../project.ts";
import { invalidSignature, StorageProblem } from "./problem.ts";

/** What a signed address allows: to read one object, or to write one. */
export interface Signed {
  scope: "download" | "upload";
  /** `BUCKET/NAME`. */
  url: string;
  /** Of an upload: who asked for it, whose the object will be. */
  owner?: string;
  /** Of an upload: it may replace what is there. */
  upsert?: boolean;
}

const keyOf = (project: Project) => new TextEncoder().encode(project.jwtSecret);

/** A token that opens one object of this project for a while. It has no role: it signs nobody in. */
export function sign(
  project: Project,
  signed: Signed,
  expiresInSeconds: number,
  now: number,
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  return new SignJWT({ ...signed })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + expiresInSeconds)
    .sign(keyOf(project));
}

/** Claims of a token that this project signed and that has not expired. */
async function verify(project: Project, token: string, now: number): Promise<Record<string, unknown>> {
  const options = { algorithms: ["HS256"], currentDate: new Date(now) };
  const { payload } = await jwtVerify(token, keyOf(project), options).catch((error: unknown) => {
    throw new StorageProblem(400, "InvalidJWT", error instanceof Error ? error.message : "Invalid JWT");
  });
  return payload;
}

/** Refuses a token that is not one for this object and this use of it. */
export async function mustOpen(
  project: Project,
  token: string,
  wanted: Pick<Signed, "scope" | "url">,
  now: number,
): Promise<{ owner: string | undefined; upsert: boolean; expiresAt: Date }> {
  const claims = await verify(project, token, now);
  if (claims.scope !== wanted.scope) throw invalidSignature(`Token is not scoped for ${wanted.scope}`);
  if (claims.url !== wanted.url) throw invalidSignature();
  return {
    owner: typeof claims.owner === "string" ? claims.owner : undefined,
    upsert: claims.upsert === true,
    expiresAt: new Date(Number(claims.exp) * 1000),
  };
}
