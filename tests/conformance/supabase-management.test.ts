import { localTokens } from "../../packages/local-cloud/src/kit/settings.ts";
import { holdAgainstDescription } from "./calls.ts";

const password = "a1B2".repeat(8);

holdAgainstDescription({
  provider: "Supabase's Management API",
  file: "supabase-management.full.json",
  base: "/supabase",
  headers: { authorization: `Bearer ${localTokens.supabase}` },
  // Only a project of the free plan can be paused.
  settings: { supabasePlan: "free" },
  calls: [
    { call: "GET /v1/organizations" },
    { call: "GET /v1/organizations/atoll-local" },
    { call: "GET /v1/projects/available-regions?organization_slug=atoll-local" },
    {
      call: "POST /v1/projects",
      body: {
        name: "conform",
        db_pass: password,
        organization_slug: "atoll-local",
        region_selection: { type: "specific", code: "ap-southeast-1" },
      },
      status: 201,
      keep: ({ ref }) => ({ ref }),
    },
    { call: "GET /v1/organizations", headers: { authorization: "Bearer wrong" }, status: 401 },
    { call: "GET /v1/projects/{ref}", until: ({ status }) => status === "ACTIVE_HEALTHY" },
    { call: "GET /v1/projects" },
    { call: "GET /v1/organizations/atoll-local/projects?limit=100" },
    { call: "GET /v1/projects/{ref}/health?services=auth&services=db&services=pooler&services=rest" },
    { call: "GET /v1/projects/{ref}/api-keys?reveal=true" },
    { call: "GET /v1/projects/{ref}/api-keys" },
    {
      call: "POST /v1/projects/{ref}/api-keys?reveal=true",
      body: { type: "secret", name: "other", secret_jwt_template: { role: "service_role" } },
      status: 201,
      keep: ({ id }) => ({ key: id }),
    },
    { call: "DELETE /v1/projects/{ref}/api-keys/{key}" },
    { call: "GET /v1/projects/{ref}/api-keys/legacy" },
    { call: "PUT /v1/projects/{ref}/api-keys/legacy?enabled=true" },
    { call: "GET /v1/projects/{ref}/config/auth" },
    {
      call: "PATCH /v1/projects/{ref}/config/auth",
      body: {
        site_url: "https://toko.example",
        uri_allow_list: "https://toko.example/**",
        disable_signup: true,
        smtp_host: "smtp.resend.com",
        smtp_port: "465",
        smtp_user: "resend",
        smtp_pass: "re_x",
        smtp_admin_email: "hello@toko.example",
        smtp_sender_name: "Toko",
        password_min_length: 10,
      },
    },
    { call: "GET /v1/projects/{ref}/postgrest" },
    { call: "PATCH /v1/projects/{ref}/postgrest", body: { max_rows: 500 } },
    { call: "GET /v1/projects/{ref}/config/database/pooler" },
    {
      call: "POST /v1/projects/{ref}/database/query",
      body: { query: "select 1 as one", read_only: false },
      status: 201,
    },
    { call: "PATCH /v1/projects/{ref}/database/password", body: { password: `${password}x` } },
    { call: "GET /v1/projects/{ref}/database/backups" },
    { call: "PATCH /v1/projects/{ref}", body: { name: "renamed" } },
    { call: "POST /v1/projects/{ref}/pause" },
    { call: "GET /v1/projects/{ref}", until: ({ status }) => status === "INACTIVE" },
    { call: "POST /v1/projects/{ref}/restore" },
    { call: "GET /v1/projects/{ref}", until: ({ status }) => status === "ACTIVE_HEALTHY" },
    { call: "DELETE /v1/projects/{ref}" },
  ],
  exceptions: [],
});
