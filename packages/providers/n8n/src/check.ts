import type { Finding } from "@atoll/provider-kit/finding";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";

/** What a run does with an API key, by n8n's names. */
const neededScopes = [
  ...["list", "read", "create", "update", "delete", "activate", "deactivate"].map((may) => `workflow:${may}`),
  "workflowTags:update",
  ...["list", "create", "delete"].map((may) => `tag:${may}`),
  ...["read", "create", "update", "delete"].map((may) => `credential:${may}`),
];

// People, projects and the instance itself: nothing of ours touches them.
const excessiveScopes = /^(user|project|sourceControl|securityAudit|communityPackage):/;

/** Looks, without writing, whether n8n answers and what its key may do. */
export async function check(api: Http): Promise<Finding[]> {
  const reached = await reach(api);
  if (!reached.ok) return [reached];
  const scopes = await scopesOf(api);
  return [reached, scopes ? scopeFinding(scopes) : await readFinding(api)];
}

async function reach(api: Http): Promise<Finding> {
  const subject = "n8n";
  try {
    const there = await api.getOrGone<object>("/workflows", { query: { limit: 1 } });
    if (there) return { ok: true, subject, what: "Answers, and takes the API key.", next: "" };
    return {
      ok: false,
      subject,
      what: "There is no public API at this address.",
      next: "Check N8N_HOST, and leave N8N_PUBLIC_API_DISABLED unset there.",
    };
  } catch (fault) {
    if (!(fault instanceof HttpFault)) throw fault;
    return { ok: false, subject, what: fault.what, next: fault.next };
  }
}

/** The key's scopes; undefined where this n8n does not tell (before 2.x). */
async function scopesOf(api: Http): Promise<string[] | undefined> {
  try {
    const answer = await api.getOrGone<{ data?: { scopes?: string[] } }>("/discover");
    return answer?.data?.scopes;
  } catch (fault) {
    if (fault instanceof HttpFault) return undefined; // older versions refuse the path in several ways
    throw fault;
  }
}

function scopeFinding(scopes: string[]): Finding {
  const subject = "n8n API key";
  const missing = neededScopes.filter((scope) => !scopes.includes(scope));
  const excess = scopes.filter((scope) => excessiveScopes.test(scope));
  if (missing.length > 0)
    return {
      ok: false,
      subject,
      what: `Lacks ${missing.join(", ")}.`,
      next: "Make a key that has them (n8n, Settings, n8n API), as owner or admin.",
      missing,
    };
  if (excess.length > 0)
    return {
      ok: true,
      subject,
      what: `May do more than is needed: ${excess.join(", ")}.`,
      next: "Make a key without them.",
      excess,
    };
  return { ok: true, subject, what: "May do all that is needed.", next: "" };
}

async function readFinding(api: Http): Promise<Finding> {
  const subject = "n8n API key";
  try {
    for (const path of ["/credentials", "/tags"]) await api.get(path, { query: { limit: 1 } });
    return { ok: true, subject, what: "Reads workflows, credentials and tags.", next: "" };
  } catch (fault) {
    if (!(fault instanceof HttpFault)) throw fault;
    const next = "Make the key as owner or admin of this n8n, version 2 or newer.";
    return { ok: false, subject, what: fault.what, next };
  }
}
