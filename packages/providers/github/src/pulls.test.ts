import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { githubApi } from "./api.ts";
import { findPulls, mergePull, openPull } from "./pulls.ts";

const repository = "clients/toko-a";
const want = { branch: "feature", base: "main", title: "A", body: "b", draft: true };

function github(answer: Parameters<typeof scripted>[0]) {
  const { fetch, calls } = scripted(answer);
  return { calls, api: githubApi({ token: new Secret("GITHUB_TOKEN", "ghp_canary"), fetch }) };
}

const pull = (more: object = {}) => ({
  number: 7,
  html_url: "https://github.com/clients/toko-a/pull/7",
  state: "open",
  merged_at: null,
  title: "A",
  body: null,
  head: { ref: "feature", sha: "c0ffee", repo: { full_name: repository } },
  base: { ref: "main" },
  ...more,
});
const refused = (message: string) => ({
  status: 422,
  body: { message: "Validation Failed", errors: [{ resource: "PullRequest", code: "custom", message }] },
});

describe("pull requests", () => {
  it("are ordinary ones where the plan has no drafts", async () => {
    const { api, calls } = github(({ body }) =>
      typeof body === "object" && body !== null && "draft" in body && body.draft
        ? refused("Draft pull requests are not supported in this repository.")
        : { status: 201, body: pull({ draft: false }) },
    );
    expect(await openPull(api, repository, want)).toMatchObject({ number: 7, draft: false });
    expect(calls).toHaveLength(2);
  });

  it("are found when they are there already", async () => {
    const { api } = github(({ method }) =>
      method === "POST"
        ? refused("A pull request already exists for clients:feature.")
        : { body: [pull({ number: 8, base: { ref: "other" } }), pull()] },
    );
    expect(await openPull(api, repository, want)).toMatchObject({ number: 7, headSha: "c0ffee" });
  });

  it("are looked for on all pages, and those of forks are left out", async () => {
    const fork = pull({ head: { ref: "feature", sha: "bad", repo: { full_name: "stranger/toko-a" } } });
    const gone = pull({ head: { ref: "feature", sha: "bad", repo: null } });
    const { api } = github(({ query }) => ({
      body: query.page === "1" ? Array(100).fill(fork) : [gone, pull()],
    }));
    expect(await findPulls(api, repository, { branch: "feature" })).toMatchObject([{ headSha: "c0ffee" }]);
  });

  it("that are merged already are merged", async () => {
    const { api } = github(({ method }) =>
      method === "PUT"
        ? { status: 405, body: { message: "Pull Request is not mergeable" } }
        : { body: pull({ state: "closed", merged_at: "2026-11-21T08:00:00Z" }) },
    );
    await mergePull(api, repository, 7, { sha: "c0ffee" });
  });

  it("say why they were not merged", async () => {
    const { api } = github(({ method }) =>
      method === "PUT"
        ? { status: 405, body: { message: "Pull Request is not mergeable" } }
        : { body: pull({ mergeable: false }) },
    );
    await expect(mergePull(api, repository, 7, { sha: "c0ffee" })).rejects.toMatchObject({
      kind: "rejected",
      what: expect.stringContaining("conflicts"),
    });
  });
});
