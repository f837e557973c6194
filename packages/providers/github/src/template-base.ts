import { Fault } from "@atoll/core/fault";
import { textAt } from "@atoll/provider-kit/explain";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import { commitAt, firstCommit, listCommits } from "./commits.ts";

/** Where a repository says which version of the template it holds, once it was brought a newer one. */
export const notePath = ".atoll/template.json";

/** The content of that file. */
export const noteOf = (template: string, commit: string): string =>
  `${JSON.stringify({ template, commit }, null, 2)}\n`;

// So far back the template's history is searched, 100 commits a call; 5,000.
const pagesAtMost = 50;

/** The template's commit that a branch says it holds; undefined when it says none, or one of another template. */
export async function notedTemplate(
  api: Http,
  at: { repository: string; ref: string; template: string },
): Promise<string | undefined> {
  const body = await api.getOrGone<unknown>("/repos/{+repository}/contents/{+path}", {
    params: { repository: at.repository, path: notePath },
    query: { ref: at.ref },
  });
  const content = textAt(body, "content");
  if (content === undefined) return undefined;
  const note = parsed(Buffer.from(content, "base64").toString("utf8"));
  const commit = textAt(note, "commit");
  const isTemplates = textAt(note, "template")?.toLowerCase() === at.template.toLowerCase();
  // Whoever writes to the repository may write anything here.
  if (!isTemplates || commit === undefined || !/^[0-9a-f]{40}$/.test(commit)) return undefined;
  return (await isThere(api, at.template, commit)) ? commit : undefined;
}

async function isThere(api: Http, repository: string, commit: string): Promise<boolean> {
  try {
    return (await commitAt(api, repository, commit)) !== undefined;
  } catch (fault) {
    // "No commit found for SHA": any other fault says nothing about the commit.
    if (fault instanceof HttpFault && fault.status === 422) return false;
    throw fault;
  }
}

/**
 * The template's commit that a repository was made from, or was last brought. It stands in a file from the first
 * update on; before, the first commit's files are those of the template at some commit: both have the same hash.
 */
export async function templateBase(
  api: Http,
  at: { repository: string; ref: string; template: string; templateHead: string },
): Promise<string> {
  const noted = await notedTemplate(api, at);
  if (noted !== undefined) return noted;
  const first = await firstCommit(api, at.repository, at.ref);
  for (let page = 1; first !== undefined && page <= pagesAtMost; page++) {
    const commits = await listCommits(api, at.template, { ref: at.templateHead, page });
    const found = commits.find(({ tree }) => tree === first.tree);
    if (found) return found.sha;
    if (commits.length < 100) break;
  }
  throw new Fault("rejected", {
    what: `Which version of ${at.template} the repository ${at.repository} was made from cannot be told: its first commit has the files of none.`,
    next: `Write ${notePath} into the repository, with the template's name and the commit that it was made from, then try again.`,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
