import { vi } from "vitest";
import { holdAgainstDescription, type Known } from "./calls.ts";

const password = "correct-Horse-9";
const nobody = "00000000-0000-4000-8000-000000000000";

holdAgainstDescription({
  provider: "Supabase Auth",
  file: "supabase-auth.trim.json",
  base: ({ auth }) => auth ?? "",
  headers: ({ service = "", access }) => ({ apikey: service, authorization: `Bearer ${access ?? service}` }),
  async before(cloud) {
    const { body } = await cloud.manage("POST", "/projects", {
      name: "auth",
      db_pass: "a1B2".repeat(8),
      organization_slug: "atoll-local",
      region: "eu-west-3",
    });
    const at = `/projects/${body.ref}`;
    await vi.waitUntil(async () => (await cloud.manage("GET", at)).body.status === "ACTIVE_HEALTHY", {
      timeout: 60_000,
    });
    const keys = (await cloud.manage("GET", `${at}/api-keys?reveal=true`)).body as {
      name: string;
      api_key: string;
    }[];
    return {
      auth: `/supabase/projects/${body.ref}/auth/v1`,
      service: keys.find(({ name }) => name === "service_role")?.api_key ?? "",
    };
  },
  calls: [
    { call: "GET /health" },
    {
      call: "POST /admin/users",
      body: {
        email: "ada@example.com",
        password,
        email_confirm: true,
        app_metadata: { role: "super_admin" },
        user_metadata: { full_name: "Ada" },
      },
      keep: ({ id }) => ({ user: id }),
    },
    { call: "POST /admin/users", body: { email: "ada@example.com", password }, status: 422 },
    { call: "GET /admin/users?page=1&per_page=50" },
    { call: "GET /admin/users/{user}" },
    { call: "PUT /admin/users/{user}", body: { app_metadata: { must_change_password: true } } },
    { call: `GET /admin/users/${nobody}`, status: 404 },
    {
      call: "POST /admin/generate_link",
      body: { type: "recovery", email: "ada@example.com", redirect_to: "https://toko.example" },
    },
    {
      call: "POST /token?grant_type=password",
      body: { email: "ada@example.com", password },
      keep: ({ access_token, refresh_token }) => ({ access: access_token, refresh: refresh_token }),
    },
    {
      call: "POST /token?grant_type=password",
      body: { email: "ada@example.com", password: "wrong" },
      status: 400,
    },
    {
      call: "POST /token?grant_type=refresh_token",
      body: ({ refresh }: Known) => ({ refresh_token: refresh }),
      keep: ({ access_token }) => ({ access: access_token }),
    },
    { call: "GET /user" },
    { call: "PUT /user", body: { password: `${password}9` } },
    // A signed-in person's token is no service role, whatever key came with it.
    { call: "GET /admin/users", status: 403 },
    { call: "POST /logout", status: 204 },
    {
      call: "DELETE /admin/users/{user}",
      headers: { authorization: "Bearer wrong" },
      status: 403,
    },
    { call: "GET /admin/users/{user}", headers: { apikey: "wrong" }, status: 401 },
    {
      call: "DELETE /admin/users/{user}",
      headers: ({ service = "" }) => ({ authorization: `Bearer ${service}` }),
    },
  ],
  exceptions: [],
});
