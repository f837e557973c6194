import { createHmac, randomBytes } from "node:crypto";

/** A new signing secret, in the form of Standard Webhooks. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/**
 * Headers of a message, signed as Standard Webhooks says (https://www.standardwebhooks.com): HMAC-SHA256 of id, time in
 * seconds and body, with the bytes behind "whsec_".
 */
export function signedHeaders(
  secret: string,
  { id, atSeconds, body }: { id: string; atSeconds: number; body: string },
): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${atSeconds}.${body}`).digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(atSeconds),
    "webhook-signature": `v1,${signature}`,
  };
}
