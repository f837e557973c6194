import type { LookupFunction } from "node:net";
import { connect, type PeerCertificate } from "node:tls";
import type { Found } from "./verdict.ts";

const dayMs = 86_400_000;

/**
 * Looks at the certificate that an https address shows. Undefined where no connection came about: what that means, the
 * page's own look tells. `warnDays` before its end it is told of. `lookup`
 * finds the address; default = this machine's.
 */
export async function lookAtCertificate(
  address: URL,
  {
    timeoutMs,
    warnDays,
    lookup,
    nowMs = Date.now(),
  }: { timeoutMs: number; warnDays: number; lookup?: LookupFunction; nowMs?: number },
): Promise<Found | undefined> {
  const shown = await peerOf(address, timeoutMs, lookup);
  if (shown === undefined) return undefined;
  const endsAtMs = Date.parse(shown.certificate.valid_to);
  const day = shown.certificate.valid_to === undefined ? "" : new Date(endsAtMs).toISOString().slice(0, 10);
  if (endsAtMs <= nowMs)
    return {
      ok: false,
      hint: "expired",
      problem: `that of ${address.hostname} ended on ${day}.`,
    };
  if (shown.refused !== undefined)
    return { ok: false, problem: `visitors are warned of ${address.hostname} (${shown.refused}).` };
  const days = Math.floor((endsAtMs - nowMs) / dayMs);
  if (days >= warnDays) return { ok: true };
  return {
    ok: true,
    hint: "expiring",
    problem: `The certificate of ${address.hostname} expires in ${days === 1 ? "1 day" : `${days} days`}, on ${day}.`,
  };
}

function peerOf(
  { hostname, port }: URL,
  timeoutMs: number,
  lookup: LookupFunction | undefined,
): Promise<{ certificate: PeerCertificate; refused: string | undefined } | undefined> {
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname,
      port: Number(port || 443),
      servername: hostname,
      ...(lookup && { lookup }),
      rejectUnauthorized: false, // an expired one is what we want to see
    });
    const end = (answer: Awaited<ReturnType<typeof peerOf>>) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => end(undefined));
    socket.once("error", () => end(undefined));
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerCertificate();
      const error: unknown = socket.authorizationError; // Node gives a code as text, whatever its types say
      if (Object.keys(certificate).length === 0) return end(undefined);
      end({ certificate, refused: socket.authorized ? undefined : String(error ?? "not trusted") });
    });
  });
}
