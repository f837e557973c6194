import { localTokens } from "../../packages/local-cloud/src/kit/settings.ts";
import { holdAgainstDescription, type Known } from "./calls.ts";

const text = (words: string) => Buffer.from(words).toString("base64");

holdAgainstDescription({
  provider: "Gitea",
  file: "gitea-1.22.trim.json",
  base: "/gitea/api/v1",
  headers: { authorization: `token ${localTokens.gitea}` },
  known: { repo: "conform/backups" },
  calls: [
    { call: "GET /version" },
    { call: "GET /user" },
    { call: "GET /user", headers: { authorization: "token wrong" }, status: 401 },
    { call: "POST /orgs", body: { username: "conform", visibility: "private" }, status: 201 },
    { call: "POST /orgs", body: { username: "conform" }, status: 422 },
    { call: "GET /orgs/conform" },
    { call: "GET /orgs/none", status: 404 },
    {
      call: "POST /orgs/conform/repos",
      body: { name: "backups", private: true, auto_init: true, default_branch: "main" },
      status: 201,
    },
    { call: "POST /user/repos", body: { name: "own", auto_init: true }, status: 201 },
    { call: "POST /user/repos", body: { name: "own", auto_init: true }, status: 409 },
    { call: "GET /repos/{repo}" },
    { call: "GET /repos/{repo}/branches" },
    { call: "GET /repos/{repo}/branches/main" },
    {
      call: "POST /repos/{repo}/contents",
      body: {
        message: "Back up two workflows",
        branch: "main",
        files: [
          { operation: "create", path: "a/1.json", content: text("1") },
          { operation: "create", path: "a/2.json", content: text("2") },
        ],
      },
      status: 201,
      keep: ({ files }) => ({ one: files[0].sha, two: files[1].sha }),
    },
    {
      call: "POST /repos/{repo}/contents",
      body: ({ one, two }: Known) => ({
        files: [
          { operation: "update", path: "a/1.json", content: text("1b"), sha: one },
          { operation: "delete", path: "a/2.json", sha: two },
        ],
      }),
      status: 201,
    },
    {
      call: "POST /repos/{repo}/contents",
      body: { files: [{ operation: "create", path: "a/1.json", content: text("1") }] },
      status: 422,
    },
    {
      call: "POST /repos/{repo}/contents",
      body: { files: [{ operation: "delete", path: "a/9.json", sha: "0".repeat(40) }] },
      status: 404,
    },
    {
      call: "POST /repos/{repo}/contents/b.json",
      body: { content: text("b"), message: "Add b", branch: "main" },
      status: 201,
      keep: ({ content }) => ({ sha: content.sha }),
    },
    { call: "POST /repos/{repo}/contents/b.json", body: { content: text("b") }, status: 422 },
    {
      call: "PUT /repos/{repo}/contents/b.json",
      body: ({ sha }: Known) => ({ content: text("c"), sha, message: "Change b" }),
      keep: ({ content }) => ({ sha: content.sha }),
    },
    {
      call: "PUT /repos/{repo}/contents/b.json",
      body: { content: text("d"), sha: "0".repeat(40) },
      status: 422,
    },
    { call: "GET /repos/{repo}/contents/b.json?ref=main" },
    { call: "GET /repos/{repo}/contents/a" },
    { call: "GET /repos/{repo}/contents?ref=main" },
    { call: "GET /repos/{repo}/contents/none", status: 404 },
    { call: "GET /repos/{repo}/commits?path=b.json&limit=5" },
    { call: "DELETE /repos/{repo}/contents/b.json", body: { sha: "0".repeat(40) }, status: 400 },
    {
      call: "DELETE /repos/{repo}/contents/b.json",
      body: ({ sha }: Known) => ({ sha, message: "Remove b" }),
    },
    { call: "DELETE /repos/{repo}", status: 204 },
    { call: "GET /repos/{repo}", status: 404 },
  ],
  exceptions: [
    {
      difference: /(target|submodule_git_url|content|encoding) must be string \(is null\)$/,
      reason: "Swagger 2.0 has no word for null; Gitea's own type has pointers here, which it writes as null",
    },
    {
      difference: /\/verification\/signer must be object \(is null\)$/,
      reason: "Swagger 2.0 has no word for null; a commit that nobody signed has no signer",
    },
    {
      difference: /^POST .*contents: answer 201 \/files\/\d+ must be object \(is null\)$/,
      reason: "Swagger 2.0 has no word for null; of a removed file there is nothing to show",
    },
    {
      difference: /^GET .*contents\/\{filepath\}: answer 200 \/ must be object$/,
      reason: 'the summary says "a list of entries if a dir", the schema has the single entry only',
    },
    {
      difference: /answer 401 is not described$/,
      reason: "no operation of Gitea's description lists the answer to a wrong token",
    },
  ],
});
