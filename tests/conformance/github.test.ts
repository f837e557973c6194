import { localTokens } from "../../packages/local-cloud/src/kit/settings.ts";
import { holdAgainstDescription, type Known } from "./calls.ts";

const content = Buffer.from('{"modules":["crm"]}').toString("base64");
const other = Buffer.from('{"modules":[]}').toString("base64");

holdAgainstDescription({
  provider: "GitHub",
  file: "github.trim.json",
  base: "/github",
  headers: { authorization: `Bearer ${localTokens.github}` },
  known: { repo: "atoll-clients/conform" },
  calls: [
    { call: "GET /user" },
    { call: "GET /user", headers: { authorization: "Bearer wrong" }, status: 401 },
    { call: "GET /orgs/atoll-clients" },
    { call: "GET /orgs/none", status: 404 },
    { call: "GET /rate_limit" },
    {
      call: "POST /repos/atoll-templates/business-app/generate",
      body: { owner: "atoll-clients", name: "conform", description: "One client", private: true },
      status: 201,
    },
    {
      call: "POST /repos/atoll-templates/business-app/generate",
      body: { owner: "atoll-clients", name: "conform" },
      status: 422,
    },
    {
      call: "POST /repos/atoll-templates/none/generate",
      body: { owner: "atoll-clients", name: "other" },
      status: 404,
    },
    { call: "GET /repos/{repo}/branches?per_page=1", until: (body) => body.length === 1 },
    { call: "GET /repos/{repo}" },
    { call: "GET /repos/{repo}/branches/main", keep: ({ commit }) => ({ head: commit.sha }) },
    { call: "GET /repos/{repo}/branches/none", status: 404 },
    { call: "GET /repos/{repo}/git/ref/heads/main" },
    { call: "GET /repos/{repo}/git/ref/heads/none", status: 404 },
    {
      call: "POST /repos/{repo}/git/refs",
      body: ({ head }: Known) => ({ ref: "refs/heads/atoll/feature", sha: head }),
      status: 201,
    },
    {
      call: "POST /repos/{repo}/git/refs",
      body: ({ head }: Known) => ({ ref: "refs/heads/atoll/feature", sha: head }),
      status: 422,
    },
    { call: "GET /repos/{repo}/git/matching-refs/heads/atoll/" },
    { call: "GET /repos/{repo}/git/ref/heads/atoll/feature" },
    {
      call: "PATCH /repos/{repo}/git/refs/heads/atoll/feature",
      body: ({ head }: Known) => ({ sha: head, force: false }),
    },
    { call: "DELETE /repos/{repo}/git/refs/heads/atoll/feature", status: 204 },
    { call: "DELETE /repos/{repo}/git/refs/heads/atoll/feature", status: 422 },
    { call: "PUT /repos/{repo}/topics", body: { names: ["atoll-conform"] } },
    {
      call: "PUT /repos/{repo}/contents/client-config.json",
      body: { message: "Configure the client", content, branch: "main" },
      status: 201,
      keep: (body) => ({ sha: body.content.sha }),
    },
    {
      call: "PUT /repos/{repo}/contents/client-config.json",
      body: { message: "Again", content: other },
      status: 422,
    },
    {
      call: "PUT /repos/{repo}/contents/client-config.json",
      body: { message: "Again", content: other, sha: "0".repeat(40) },
      status: 409,
    },
    {
      call: "PUT /repos/{repo}/contents/client-config.json",
      body: ({ sha }: Known) => ({ message: "Change the modules", content: other, sha, branch: "main" }),
      keep: (body) => ({ sha: body.content.sha }),
    },
    { call: "GET /repos/{repo}/contents/client-config.json?ref=main" },
    { call: "GET /repos/{repo}/contents/none.json", status: 404 },
    { call: "GET /repos/{repo}/commits?path=client-config.json&per_page=1" },
    {
      call: "DELETE /repos/{repo}/contents/client-config.json",
      body: ({ sha }: Known) => ({ message: "Remove it", sha }),
    },
    { call: "GET /orgs/atoll-clients/repos?per_page=100" },
    { call: "POST /orgs/atoll-clients/repos", body: { name: "empty", private: true }, status: 201 },
    { call: "GET /repos/atoll-clients/empty/git/ref/heads/main", status: 409 },
    { call: "PATCH /repos/{repo}", body: { description: "Another client", private: true } },
    { call: "PATCH /repos/{repo}", body: { archived: true } },
    { call: "DELETE /repos/{repo}", status: 204 },
    { call: "GET /repos/{repo}", status: 404 },
  ],
  exceptions: [
    {
      difference: /^GET \/repos\/[\w/-]+\/commits: is not described$/,
      reason: "the file holds a part of GitHub's description, and a file's history is not in it",
    },
    {
      difference: /^POST .*generate: answer (404|422) is not described$/,
      reason: "the description has the answer of success only; GitHub refuses a name that is taken with 422",
    },
  ],
});
