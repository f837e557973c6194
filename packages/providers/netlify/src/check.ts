import { Fault } from "@atoll/core/fault";
import type { Finding } from "@atoll/provider-kit/finding";
import type { Http } from "@atoll/provider-kit/http";

interface AccountBody {
  id: string;
  name: string;
  slug: string;
  type_name?: string;
}

interface CheckOptions {
  /** Slug or id of the team. */
  account: string;
  installationId?: number;
}

/** Looks, without writing, what the token may see of its team. */
export async function check(api: Http, { account, installationId }: CheckOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const user = await api.get<{ email?: string; full_name?: string }>("/user");
    const who = user.email ?? user.full_name ?? "a user without a name";
    findings.push({ ok: true, subject: "Netlify token", what: `Belongs to ${who}.`, next: "" });
    findings.push(...(await teamFindings(api, account)));
    await api.get("/sites", { query: { filter: "all", per_page: 1 } });
    findings.push({ ok: true, subject: "Netlify sites", what: "Can be read.", next: "" });
    findings.push(appFinding(installationId));
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    findings.push({ ok: false, subject: "Netlify", what: fault.what, next: fault.next });
  }
  return findings;
}

async function teamFindings(api: Http, account: string): Promise<Finding[]> {
  const subject = `Netlify team ${account}`;
  const all = await api.get<AccountBody[]>("/accounts");
  const team = all.find(({ id, slug }) => id === account || slug === account);
  if (!team)
    return [
      {
        ok: false,
        subject,
        what: "Is not there, or this token's user does not belong to it.",
        next: "Check NETLIFY_ACCOUNT (the team's slug, as in app.netlify.com/teams/SLUG), and where the team signs in by SAML, let the token have access to it.",
      },
    ];
  const plan = team.type_name ?? "unknown";
  if (!/free|starter|personal/i.test(plan))
    return [{ ok: true, subject, what: `${team.name}, plan ${plan}.`, next: "" }];
  return [
    {
      ok: true,
      subject,
      what: `${team.name}, plan ${plan}: one build at a time, no secret variables.`,
      next: "Upgrade to Pro before clients use it.",
    },
  ];
}

/** Whether the app sees the repositories shows at the first site only: Netlify has no question for it. */
function appFinding(installationId: number | undefined): Finding {
  const subject = "Netlify GitHub App";
  if (installationId !== undefined)
    return { ok: true, subject, what: `Sites are linked through installation ${installationId}.`, next: "" };
  return {
    ok: false,
    subject,
    what: "No installation is named, and Netlify cannot clone private repositories without one.",
    next: "Install the Netlify GitHub App in the organisation and set NETLIFY_GITHUB_INSTALLATION_ID (the number at the end of the installation's address).",
  };
}
