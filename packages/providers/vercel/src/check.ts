import { Fault } from "@atoll/core/fault";
import type { Finding } from "@atoll/provider-kit/finding";
import type { Http } from "@atoll/provider-kit/http";

interface UserBody {
  username: string;
  defaultTeamId?: string | null;
  billing?: { plan?: string } | null;
}

interface TeamBody {
  id: string;
  name: string | null;
  slug: string;
  billing?: { plan?: string } | null;
  membership?: { role?: string; confirmed?: boolean; teamPermissions?: string[] };
}

interface TokenBody {
  token: { scopes?: { type: string; teamId?: string }[] };
}

// Roles that create projects, set production variables and deploy, without further permissions.
const sufficient = new Set(["OWNER", "MEMBER"]);

/** Looks, without writing, what the token may do in its team. `teamId` absent = the user's own account. */
export async function check(api: Http, teamId: string | undefined): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const { user } = await api.get<{ user: UserBody }>("/v2/user");
    findings.push({ ok: true, subject: "Vercel token", what: `Belongs to ${user.username}.`, next: "" });
    if (teamId === undefined) findings.push(...planOf("Vercel account", user.billing?.plan));
    else findings.push(...(await teamFindings(api, teamId)));
    await api.get("/v10/projects", { query: { limit: 1 } });
    findings.push({ ok: true, subject: "Vercel projects", what: "Can be read.", next: "" });
    if (teamId !== undefined) findings.push(await reachOf(api, teamId));
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    findings.push({ ok: false, subject: "Vercel", what: fault.what, next: fault.next });
  }
  return findings;
}

async function teamFindings(api: Http, teamId: string): Promise<Finding[]> {
  const subject = `Vercel team ${teamId}`;
  const team = await api.getOrGone<TeamBody>("/v2/teams/{teamId}", { params: { teamId } });
  if (!team)
    return [
      {
        ok: false,
        subject,
        what: "Is not there, or this token's scope does not include it.",
        next: "Check VERCEL_TEAM_ID (team settings, General) and the scope of the token.",
      },
    ];
  const { role = "", teamPermissions = [] } = team.membership ?? {};
  const may =
    sufficient.has(role) ||
    ["CreateProject", "EnvVariableManager"].every((each) => teamPermissions.includes(each));
  const membership: Finding = may
    ? { ok: true, subject, what: `${team.slug}: the token's user is ${role || "a member"}.`, next: "" }
    : {
        ok: false,
        subject,
        what: `The token's user is ${role || "no member"} and may not make projects and set their variables.`,
        next: "Let an owner of the team make the user a member, or make the token with another user.",
      };
  return [membership, ...planOf(subject, team.billing?.plan)];
}

/** How far the token reaches: one team, several, or all that its user may do. What it may do there Vercel does not tell. */
async function reachOf(api: Http, teamId: string): Promise<Finding> {
  const subject = "Vercel token's scope";
  const told = await api.getOrGone<TokenBody>("/v5/user/tokens/{token}", { params: { token: "current" } });
  const scopes = told?.token.scopes;
  if (scopes === undefined)
    return {
      ok: true,
      subject,
      what: "Vercel does not tell it.",
      next: "See for yourself that it is this team only (Account settings, Tokens).",
    };
  // A team that is given by its slug cannot be told from the ids that scopes name.
  const others = scopes.flatMap((scope) => {
    if (scope.type === "user") return ["the user's whole account"];
    const isOther = teamId.startsWith("team_") && scope.teamId !== teamId;
    return scope.teamId !== undefined && isOther ? [`the team ${scope.teamId}`] : [];
  });
  if (others.length === 0) return { ok: true, subject, what: "Is this team only.", next: "" };
  return {
    ok: true,
    subject,
    what: `Reaches more than it needs: ${others.join(", ")}.`,
    next: "Make one whose scope is this team only (Account settings, Tokens).",
    excess: others,
  };
}

/** Hobby has limits that a fleet meets soon; Vercel does not always say which plan it is. */
function planOf(subject: string, plan: string | undefined): Finding[] {
  if (plan === undefined) return [];
  if (plan !== "hobby") return [{ ok: true, subject, what: `Plan ${plan}.`, next: "" }];
  return [
    {
      ok: true,
      subject,
      what: "Plan hobby: 200 projects, 100 deployments a day, no commercial use.",
      next: "Upgrade to Pro before clients use it.",
    },
  ];
}
