import { Fault } from "@atoll/core/fault";
import type { Finding } from "@atoll/provider-kit/finding";
import type { Http } from "@atoll/provider-kit/http";

/** What the hub wants to work with. */
interface GithubNeeds {
  /** Account that owns the instances' repositories. */
  org: string;
  /** `owner/repo` */
  template: string;
}

interface TemplateBody {
  is_template?: boolean;
}

// Scopes of classic tokens: what a run needs, what comes along with it, and what a template with workflows of its own
// needs ("workflow") or an organisation may ask for ("read:org"). Everything else is more than is needed.
const neededScopes = ["repo", "delete_repo"];
const tolerated =
  /^(repo|delete_repo|repo:status|repo_deployment|public_repo|repo:invite|security_events|workflow|read:org)$/;

/** Looks, without writing, what the token may do, and whether organisation and template are as needed. */
export async function check(api: Http, needs: GithubNeeds): Promise<Finding[]> {
  try {
    return [await token(api), await organisation(api, needs.org), await template(api, needs.template)];
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return [{ ok: false, subject: "GitHub", what: fault.what, next: fault.next }];
  }
}

async function token(api: Http): Promise<Finding> {
  const { body, headers } = await api.request<{ login: string }>("GET", "/user");
  const subject = `GitHub token of ${body.login}`;
  const listed = headers.get("x-oauth-scopes");
  // Fine-grained tokens name no scopes, and their rights to write show only when they are used.
  if (!listed)
    return {
      ok: true,
      subject,
      what: "Is valid. It is a fine-grained one, whose permissions GitHub does not tell.",
      next: "See for yourself that it has Administration, Contents and Pull requests (write) on all repositories of the organisation.",
    };
  const scopes = listed.split(",").map((scope) => scope.trim());
  const missing = neededScopes.filter((scope) => !scopes.includes(scope));
  const excess = scopes.filter((scope) => scope !== "" && !tolerated.test(scope));
  if (missing.length > 0)
    return {
      ok: false,
      subject,
      what: `Lacks the scopes ${missing.join(", ")}.`,
      next: "Add them to the token (GitHub, Settings, Developer settings).",
      missing,
    };
  if (excess.length > 0)
    return {
      ok: true,
      subject,
      what: `Has more than it needs: ${excess.join(", ")}.`,
      next: `Make one with ${neededScopes.join(", ")} only.`,
      excess,
    };
  return { ok: true, subject, what: `Has the scopes ${scopes.join(", ")}.`, next: "" };
}

async function organisation(api: Http, org: string): Promise<Finding> {
  const subject = `GitHub organisation ${org}`;
  const there = await api.getOrGone("/orgs/{org}", { params: { org } });
  if (there) return { ok: true, subject, what: "Is there.", next: "" };
  return {
    ok: false,
    subject,
    what: "Is not there, or this token may not see it.",
    next: "Check GITHUB_ORG, and that the organisation lets this token in.",
  };
}

async function template(api: Http, repository: string): Promise<Finding> {
  const subject = `GitHub template ${repository}`;
  const body = await api.getOrGone<TemplateBody>("/repos/{+repository}", { params: { repository } });
  const wrong = (what: string, next: string): Finding => ({ ok: false, subject, what, next });
  if (!body)
    return wrong(
      "Is not there, or this token may not see it.",
      "Check its name and the token's access to it.",
    );
  if (!body.is_template) return wrong("Is no template.", 'Tick "Template repository" in its settings.');
  return { ok: true, subject, what: "Is a template.", next: "" };
}
