import { Fault } from "@atoll/core/fault";
import type { Http } from "@atoll/provider-kit/http";
import { redactor } from "@atoll/provider-kit/redact";

interface LogEvent {
  type: string;
  text?: string;
  payload?: { text?: string };
}

const shownLines = 8;

/** Why a deployment failed: Vercel's sentence and the last lines of its log. */
export async function buildFault(
  api: Http,
  id: string,
  state: string,
  message: string | null | undefined,
): Promise<Fault> {
  const said = message ?? (state === "CANCELED" ? "It was cancelled." : "Vercel gives no reason.");
  const lines = await lastLines(api, id);
  return new Fault("rejected", {
    what: [`The deployment ended as ${state}. ${said}`, ...lines].join("\n"),
    next: "Mend what the log names (open the deployment in Vercel for all of it), then retry the run.",
    call: `GET /v13/deployments/${id}`,
  });
}

async function lastLines(api: Http, id: string): Promise<string[]> {
  try {
    const events = await api.get<(LogEvent | null)[] | null>("/v3/deployments/{idOrUrl}/events", {
      params: { idOrUrl: id },
      query: { follow: 0, limit: -1 },
    });
    return (events ?? [])
      .filter((event) => event !== null)
      .filter(({ type }) => ["stdout", "stderr", "fatal", "command"].includes(type))
      .map((event) => redacted((event.text ?? event.payload?.text ?? "").trimEnd()))
      .filter((line) => line !== "")
      .slice(-shownLines);
  } catch {
    return []; // the reason stands already; a missing log must not hide it
  }
}

// A build prints what its author made it print: what looks like a key or a token is not passed on.
const redactTokens = redactor([]);
const redacted = (line: string) =>
  redactTokens(line.slice(0, 400)).replace(/\b[\w-]{40,}={0,2}/g, "[redacted]");
