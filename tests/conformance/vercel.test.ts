import { createHash } from "node:crypto";
import { localTokens } from "../../packages/local-cloud/src/kit/settings.ts";
import { holdAgainstDescription, type Known, type TestCloud } from "./calls.ts";

const team = "teamId=team_atoll";
const production = ["production"];

/** A repository to link and to deploy. */
async function makeRepository(cloud: TestCloud): Promise<Known> {
  const { body } = await cloud.call(
    "POST",
    "/github/orgs/atoll-clients/repos",
    { name: "site", private: true, auto_init: true },
    { authorization: `Bearer ${localTokens.github}` },
  );
  return { repoId: String(body.id) };
}

const file = "hello";
// What goes over the wire is the text as JSON, with its quotes.
const digest = createHash("sha1").update(JSON.stringify(file)).digest("hex");

const deployment = (source: object) => ({
  name: "conform",
  project: "conform",
  target: "production",
  meta: { atollInstance: "i-1" },
  ...source,
});

holdAgainstDescription({
  provider: "Vercel",
  file: "vercel.trim.json",
  base: "/vercel",
  headers: { authorization: `Bearer ${localTokens.vercel}` },
  before: makeRepository,
  calls: [
    { call: "GET /v2/user" },
    { call: "GET /v2/user", headers: { authorization: "Bearer wrong" }, status: 403 },
    { call: "GET /v2/teams/team_atoll" },
    { call: "GET /v2/teams/team_none", status: 403 },
    {
      call: `POST /v11/projects?${team}`,
      body: {
        name: "conform",
        framework: "nextjs",
        gitRepository: { type: "github", repo: "atoll-clients/site" },
        environmentVariables: [
          { key: "ATOLL_INSTANCE_ID", value: "i-1", type: "plain", target: ["production", "preview"] },
        ],
      },
      keep: ({ id }) => ({ id }),
    },
    { call: `POST /v11/projects?${team}`, body: { name: "conform" }, status: 409 },
    { call: `POST /v11/projects?${team}`, body: { name: "Not A Name" }, status: 400 },
    { call: `GET /v10/projects?limit=1&${team}` },
    { call: `GET /v9/projects/conform?${team}` },
    { call: `GET /v9/projects/none?${team}`, status: 404 },
    { call: `PATCH /v9/projects/{id}?${team}`, body: { framework: "nextjs" } },
    { call: `DELETE /v9/projects/{id}/link?${team}` },
    { call: `POST /v9/projects/{id}/link?${team}`, body: { type: "github", repo: "atoll-clients/site" } },

    {
      call: `POST /v10/projects/{id}/env?upsert=true&${team}`,
      body: [
        { key: "URL", value: "https://a", type: "encrypted", target: production, comment: "Set by Atoll." },
        { key: "KEY", value: "s", type: "sensitive", target: production, comment: "Set by Atoll." },
      ],
      status: 201,
      keep: ({ created }) => ({ variable: created[0].id }),
    },
    {
      call: `POST /v10/projects/{id}/env?${team}`,
      body: { key: "URL", value: "https://b", type: "encrypted", target: production },
      status: 403,
    },
    { call: `GET /v10/projects/{id}/env?${team}` },
    {
      call: `PATCH /v9/projects/{id}/env/{variable}?${team}`,
      body: { target: ["production", "preview"] },
    },
    { call: `DELETE /v9/projects/{id}/env/{variable}?${team}` },
    { call: `DELETE /v9/projects/{id}/env/{variable}?${team}`, status: 404 },

    {
      call: `POST /v2/files?${team}`,
      body: file,
      headers: { "content-type": "application/octet-stream", "x-vercel-digest": digest },
    },
    {
      call: `POST /v2/files?${team}`,
      body: "other",
      headers: { "content-type": "application/octet-stream", "x-vercel-digest": digest },
      status: 400,
    },
    {
      call: `POST /v13/deployments?forceNew=1&skipAutoDetectionConfirmation=1&${team}`,
      body: deployment({ files: [{ file: "index.html", sha: digest, size: 7 }] }),
      keep: ({ id }) => ({ first: id }),
    },
    { call: `GET /v13/deployments/{first}?${team}`, until: ({ readyState }) => readyState === "READY" },
    {
      call: `POST /v13/deployments?forceNew=1&${team}`,
      body: ({ repoId }: Known) =>
        deployment({ gitSource: { type: "github", repoId: Number(repoId), ref: "main" } }),
      keep: ({ id }) => ({ second: id }),
    },
    { call: `GET /v13/deployments/{second}?${team}`, until: ({ readyState }) => readyState === "READY" },
    {
      call: `POST /v13/deployments?${team}`,
      body: deployment({ files: [{ file: "index.html", sha: "0".repeat(40), size: 7 }] }),
      status: 400,
    },
    { call: `GET /v13/deployments/dpl_none?${team}`, status: 404 },
    { call: `GET /v6/deployments?projectId={id}&target=production&limit=5&${team}` },
    { call: `GET /v3/deployments/{second}/events?follow=0&limit=-1&${team}` },
    { call: `PATCH /v12/deployments/{second}/cancel?${team}`, status: 400 },

    { call: `POST /v10/projects/{id}/promote/{first}?${team}`, status: 201 },
    { call: `GET /v1/projects/{id}/promote/aliases?${team}` },
    { call: `POST /v1/projects/{id}/pause?${team}` },
    { call: `POST /v1/projects/{id}/unpause?${team}` },

    { call: `POST /v10/projects/{id}/domains?${team}`, body: { name: "toko.example.com" } },
    { call: `POST /v10/projects/{id}/domains?${team}`, body: { name: "no domain" }, status: 400 },
    { call: `GET /v9/projects/{id}/domains?${team}` },
    { call: `GET /v9/projects/{id}/domains/toko.example.com?${team}` },
    { call: `POST /v9/projects/{id}/domains/toko.example.com/verify?${team}`, status: 400 },
    { call: `GET /v6/domains/toko.example.com/config?${team}` },
    { call: `DELETE /v9/projects/{id}/domains/toko.example.com?${team}` },

    { call: `DELETE /v13/deployments/{second}?${team}` },
    { call: `DELETE /v9/projects/{id}?${team}`, status: 204 },
    { call: `DELETE /v9/projects/{id}?${team}`, status: 404 },
  ],
  exceptions: [
    {
      difference: /^(POST|DELETE) \/v9\/projects\/\w+\/link: is not described$/,
      reason: "Vercel's own command line links projects by it, and no description of Vercel's has it",
    },
    {
      difference: /^(GET|DELETE) \/v9\/projects\/\{idOrName\}: answer 404 is not described$/,
      reason:
        "for a project that is not there Vercel answers 404 not_found, which its description leaves out",
    },
  ],
});
