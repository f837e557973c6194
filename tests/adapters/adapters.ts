import { Secret } from "@atoll/core/secret";
import { localTokens } from "@atoll/local-cloud/kit/settings";
import { testCloud } from "@atoll/local-cloud/testing/cloud";
import { n8nApi } from "@atoll/n8n/api";
import { netlifyApi } from "@atoll/netlify/api";
import { supabaseApi } from "@atoll/supabase/api";
import { vercelApi } from "@atoll/vercel/api";

/** A local cloud with our adapters' clients for it. Close it in `afterAll`. */
export async function cloudWithAdapters(settings: Parameters<typeof testCloud>[0] = {}) {
  const cloud = await testCloud(settings);
  const token = (name: keyof typeof localTokens) => new Secret(`${name} token`, localTokens[name]);
  const url = cloud.url();
  const bearer = (name: keyof typeof localTokens) => ({ authorization: `Bearer ${localTokens[name]}` });

  /** Behind the adapters' back: "POST /v9/projects", in the words of one provider. */
  const behind =
    (base: string, headers: Record<string, string>) => async (callText: string, body?: unknown) => {
      const [method = "", at = ""] = callText.split(" ");
      return await cloud.call(method, `${base}${at}`, body, headers);
    };
  const github = behind("/github", bearer("github"));
  const vercel = behind("/vercel", bearer("vercel"));
  const netlify = behind("/netlify/api/v1", bearer("netlify"));
  const n8n = behind("/n8n/api/v1", { "x-n8n-api-key": localTokens.n8n });
  let made = 0;

  async function repository(): Promise<{ name: string; repoId: number }> {
    const name = `site-${++made}`;
    const { body } = await github("POST /orgs/atoll-clients/repos", { name, private: true, auto_init: true });
    return { name, repoId: body.id };
  }

  return {
    cloud,
    behind: { github, vercel, netlify, n8n },
    api: {
      vercel: vercelApi({ token: token("vercel"), teamId: "team_atoll", baseUrl: `${url}/vercel` }),
      netlify: netlifyApi({ token: token("netlify"), baseUrl: `${url}/netlify/api/v1` }),
      n8n: n8nApi({ token: token("n8n"), baseUrl: `${url}/n8n/api/v1` }),
      supabase: supabaseApi({
        token: token("supabase"),
        baseUrl: `${url}/supabase`,
        organization: "atoll-local",
        projectUrl: (ref) => `${url}/supabase/projects/${ref}`,
        pollMs: 20,
        tickMs: 20,
      }),
    },
    close: () => cloud.close(),

    /** A Vercel project, linked to a repository of its own. */
    async vercelProject(): Promise<{ id: string; name: string; repoId: number }> {
      const { name, repoId } = await repository();
      const { body } = await vercel("POST /v11/projects?teamId=team_atoll", {
        name,
        framework: "nextjs",
        gitRepository: { type: "github", repo: `atoll-clients/${name}` },
        environmentVariables: [
          { key: "ATOLL_INSTANCE_ID", value: name, type: "plain", target: ["production"] },
        ],
      });
      return { id: body.id, name, repoId };
    },
    /** A Netlify site, linked to a repository of its own: it begins a build at once. */
    async netlifySite(): Promise<{ id: string; name: string; url: string }> {
      const { name, repoId } = await repository();
      const repo = { provider: "github", id: repoId, repo_path: `atoll-clients/${name}` };
      const { body } = await netlify("POST /atoll/sites", {
        name,
        repo: { ...repo, repo_branch: "main", cmd: "npm run build", dir: ".next", installation_id: 4711 },
      });
      return { id: body.id, name, url: body.url };
    },
  };
}

/** What an adapter's work failed with. */
export const faultOf = (work: Promise<unknown>): Promise<{ kind: string; what: string; next: string }> =>
  work.then(
    () => {
      throw new Error("It did not fail.");
    },
    (fault: { kind: string; what: string; next: string }) => fault,
  );
