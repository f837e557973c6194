import { createHash } from "node:crypto";
import { ownStep } from "@atoll/blueprint-kit/own-step";
import type { Change } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import { serially } from "@atoll/provider-kit/serially";
import type { Answers } from "../questions.ts";

interface RegisterIn {
  text: string;
}

interface RegisterAttrs {
  /** Git's hash of the file as it is. */
  sha: string;
}

const path = "/repos/{+repository}/contents/{+file}";
const markOf = (instance: string) => `<!-- atoll-${instance} -->\n`;
const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");

function blobSha(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** Whoever writes another file of the repository meanwhile moves its branch on: then it is tried again. */
async function alone<T>(repository: string, write: () => Promise<T>): Promise<T> {
  try {
    return await serially(`gitea ${repository}`, write);
  } catch (fault) {
    if (!(fault instanceof HttpFault) || fault.status !== 409) throw fault;
    throw new Fault("try-again", { what: fault.what, next: "Nothing: it is written again.", retryInMs: 200 });
  }
}

/** The register of processing activities (GDPR, article 30) of one clinic: a file in the operator's repository. */
function register(
  gitea: Http,
  repository: string,
): Resource<RegisterIn & { instance: string }, RegisterAttrs> {
  const of = (file: string) => ({ params: { repository, file } });
  const whole = ({ instance, text }: RegisterIn & { instance: string }) => `${markOf(instance)}${text}`;

  return {
    kind: "clinic.processing-register",
    lostCreate: "find-by-name",
    removal: "own",

    async observe(at: Address): Promise<Observed<RegisterAttrs>> {
      const file = await gitea.getOrGone<{ sha: string; content: string }>(path, of(at.name));
      if (!file) return { is: "absent" };
      const text = Buffer.from(file.content, "base64").toString("utf8");
      const owner = text.startsWith(markOf(at.instance)) ? "us" : "other";
      return { is: "present", id: at.name, owner, attrs: { sha: file.sha } };
    },

    compare(want, live): Change[] {
      const sha = blobSha(whole(want));
      return sha === live.sha ? [] : [{ path: "text", act: "update", from: live.sha, to: sha }];
    },

    async apply({ at, want, live }) {
      const body = { content: base64(whole(want)), message: `Register ${at.name}` };
      await alone(repository, () =>
        live
          ? gitea.put(path, { ...of(at.name), body: { ...body, sha: live.sha } })
          : gitea.post(path, { ...of(at.name), body }),
      );
      return at.name;
    },

    async remove(id) {
      await alone(repository, async () => {
        const file = await gitea.getOrGone<{ sha: string }>(path, of(id));
        if (file) await gitea.delete(path, { ...of(id), body: { sha: file.sha, message: `Remove ${id}` } });
      });
    },
  };
}

/** What the clinic's register says. Changes with the answers, and is put right when somebody edits it by hand. */
export const step = ownStep<Answers>()("processing-register", {
  needs: ["project"],
  resource: ({ apis, settings }) => register(apis.gitea, settings.opsRepository),
  name: ({ instance }) => `registers/${instance.slug}.md`,
  want: ({ instance: { id, slug, answers }, needs }) => ({
    instance: id,
    text: [
      `# Processing activities of ${slug}`,
      "",
      `- Purpose: appointments and treatment records of a ${answers.specialty} practice`,
      `- Kept in: Supabase project ${needs.project.ref}, region ${answers.region}`,
      `- Kept for: ${answers.keepYears} years`,
      "",
    ].join("\n"),
  }),
});
