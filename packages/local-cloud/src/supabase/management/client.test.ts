import { SupabaseManagementAPI, SupabaseManagementAPIError } from "supabase-management-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localTokens } from "../../kit/settings.ts";
import { testCloud } from "../../testing/cloud.ts";

const organization_slug = "atoll-local";
let cloud: Awaited<ReturnType<typeof testCloud>>;
let api: SupabaseManagementAPI;

const client = (accessToken: string) =>
  new SupabaseManagementAPI({ accessToken, baseUrl: `${cloud.url()}/supabase` });

beforeAll(async () => {
  cloud = await testCloud({ supabasePlan: "free" });
  api = client(localTokens.supabase);
});
afterAll(() => cloud?.close());

test("the published client reads the organisation and where projects may be", async () => {
  expect((await api.listAllOrganizations()).data).toMatchObject([{ slug: organization_slug }]);
  expect((await api.getAnOrganization(organization_slug)).data).toMatchObject({ plan: "free" });
  const { data } = await api.getAvailableRegions({ organization_slug });
  expect(data.all.specific.map(({ code }) => code)).toContain("ap-southeast-1");
});

test("the published client makes a project, sets it up, pauses, restores and removes it", async () => {
  const made = await api.createAProject({
    name: "client",
    db_pass: "a1B2".repeat(8),
    organization_slug,
    region_selection: { type: "specific", code: "ap-southeast-1" },
  });
  const { ref } = made.data;
  const status = async () => (await api.getProject(ref)).data.status;
  await expect.poll(status).toBe("ACTIVE_HEALTHY");
  await api.updateAProject(ref, { name: "client-renamed" });
  const { data: list } = await api.getAllProjectsForOrganization(organization_slug, { limit: 100 });
  expect(list.projects.map(({ name }) => name)).toEqual(["client-renamed"]);
  expect((await api.listAllProjects()).data).toMatchObject([{ ref }]);
  const { data: health } = await api.getServicesHealth(ref, { services: ["auth", "db", "rest"] });
  expect(health.map((each) => each.status)).toEqual(["ACTIVE_HEALTHY", "ACTIVE_HEALTHY", "ACTIVE_HEALTHY"]);

  const secret = { type: "secret", name: "other", secret_jwt_template: { role: "service_role" } } as const;
  const { data: key } = await api.createProjectApiKey(ref, secret, { reveal: true });
  expect(key.api_key).toMatch(/^sb_secret_/);
  const { data: hidden } = await api.getProjectApiKeys(ref);
  expect(hidden.map((each) => each.api_key)).not.toContain(key.api_key);
  if (key.id) await api.deleteProjectApiKey(ref, key.id);
  expect((await api.getProjectLegacyApiKeys(ref)).data.enabled).toBe(true);

  await api.updateAuthServiceConfig(ref, { site_url: "https://toko.example" });
  expect((await api.getAuthServiceConfig(ref)).data.site_url).toBe("https://toko.example");
  await api.updatePostgrestServiceConfig(ref, { max_rows: 500 });
  expect((await api.getPostgrestServiceConfig(ref)).data.max_rows).toBe(500);
  expect((await api.getPoolerConfig(ref)).data[0]?.db_user).toContain(ref);
  expect((await api.runAQuery(ref, { query: "select 1 as one" })).data).toEqual([{ one: 1 }]);
  await api.updateDatabasePassword(ref, { password: "another-Password-1" });
  await api.listAllBackups(ref);

  await api.pauseAProject(ref);
  await expect.poll(status).toBe("INACTIVE");
  await api.restoreAProject(ref);
  await expect.poll(status).toBe("ACTIVE_HEALTHY");
  await api.deleteAProject(ref);
  await expect(api.getProject(ref)).rejects.toMatchObject({ status: 404 });
});

test("the published client tells a refused token and a refused body by their status", async () => {
  const refused = await client("wrong")
    .listAllProjects()
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(SupabaseManagementAPIError);
  expect(refused).toMatchObject({ status: 401 });
  const nowhere = { name: "x", db_pass: "a1B2".repeat(8), organization_slug: "none", region: "eu-west-3" };
  await expect(api.createAProject({ ...nowhere, region: "eu-west-3" })).rejects.toMatchObject({
    status: expect.toSatisfy((status: number) => status >= 400 && status < 500),
  });
});
