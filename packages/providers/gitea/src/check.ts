import { Fault } from "@atoll/core/fault";
import type { Finding } from "@atoll/provider-kit/finding";
import type { Http } from "@atoll/provider-kit/http";

interface RepositoryBody {
  archived: boolean;
  empty: boolean;
  permissions?: { push: boolean };
}

/** Looks, without writing, whether the backups' repository (`owner/repo`) is there and takes commits. */
export async function check(api: Http, repository: string): Promise<Finding[]> {
  const subject = `Gitea repository ${repository}`;
  try {
    const { version } = await api.get<{ version: string }>("/version");
    const { login } = await api.get<{ login: string }>("/user");
    const token: Finding = {
      ok: true,
      subject: "Gitea token",
      what: `Belongs to ${login}; Gitea is ${version}.`,
      next: "",
    };
    const body = await api.getOrGone<RepositoryBody>("/repos/{+repository}", { params: { repository } });
    return [token, body ? usable(subject, body) : missing(subject, repository)];
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return [{ ok: false, subject: "Gitea", what: fault.what, next: fault.next }];
  }
}

function missing(subject: string, repository: string): Finding {
  return {
    ok: false,
    subject,
    what: "Is not there, or this token may not see it.",
    next: `Create ${repository} with a first commit, and give the token's user write access.`,
  };
}

function usable(subject: string, { archived, empty, permissions }: RepositoryBody): Finding {
  if (archived) return { ok: false, subject, what: "Is archived.", next: "Unarchive it in its settings." };
  if (permissions && !permissions.push)
    return {
      ok: false,
      subject,
      what: "This token may not write to it.",
      next: "Give its user write access.",
    };
  if (empty)
    return {
      ok: false,
      subject,
      what: "Has no commit yet, so no branch.",
      next: "Make a first commit, a README say.",
    };
  return { ok: true, subject, what: "Takes commits.", next: "" };
}
