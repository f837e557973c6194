import type { Finding } from "@atoll/provider-kit/finding";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";

/** One read for each thing that a run needs, with what it needs it for. */
const reads = [
  { path: "/workflows", needs: "workflow:list" },
  { path: "/credentials", needs: "credential:list, which n8n gives to owners and admins" },
  { path: "/tags", needs: "tag:list" },
] as const;

/** Looks, without writing, whether n8n answers and what its key may do. */
export async function check(api: Http): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { path, needs } of reads) {
    const subject = `n8n ${path}`;
    try {
      const there = await api.getOrGone<object>(path, { query: { limit: 1 } });
      findings.push(there ? { ok: true, subject, what: "Can be read.", next: "" } : noApi(subject));
    } catch (fault) {
      if (!(fault instanceof HttpFault)) throw fault;
      findings.push({ ok: false, subject, what: fault.what, next: `${fault.next} It needs ${needs}.` });
      // Without a valid key or a server the others say the same again.
      if (fault.kind === "try-again" || fault.status === 401) break;
    }
  }
  return findings;
}

function noApi(subject: string): Finding {
  return {
    ok: false,
    subject,
    what: "This n8n has no such part of the public API.",
    next: "Update n8n to 2.x, and leave N8N_PUBLIC_API_DISABLED unset.",
  };
}
