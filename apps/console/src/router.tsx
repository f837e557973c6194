import { type TargetState, targetStates } from "@atoll/contract/schemas/fleet";
import { requestStates } from "@atoll/contract/schemas/request";
import { runKinds, runStates } from "@atoll/contract/schemas/run";
import type { RequestState, RunKind, RunState } from "@atoll/core/states";
import type { QueryClient } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";
import { AuditPage } from "./audit/audit-page.tsx";
import { BackupsPage } from "./backups/backups-page.tsx";
import { backupFilter } from "./backups/search.ts";
import { DriftPage } from "./drift/drift-page.tsx";
import { driftFilter } from "./drift/search.ts";
import { HealthPage } from "./health/health-page.tsx";
import { isFinal } from "./hub/client.ts";
import { meQuery } from "./hub/me.ts";
import { InstancePage } from "./instance/instance-page.tsx";
import { type Tab, tabs } from "./instance/tabs.ts";
import { InstancesPage } from "./instances/instances-page.tsx";
import { instanceFilter } from "./instances/search.ts";
import { OrphansPage } from "./orphans/orphans-page.tsx";
import { NotFound, Trouble } from "./parts/not-found.tsx";
import { someOf, textOf } from "./parts/search.ts";
import { PoolPage } from "./pool/pool-page.tsx";
import { publicRoutes } from "./public/routes.tsx";
import { RequestPage } from "./requests/request-page.tsx";
import { RequestsPage } from "./requests/requests-page.tsx";
import { RolloutPage } from "./rollouts/rollout-page.tsx";
import { RunPage } from "./runs/run-page.tsx";
import { RunsPage } from "./runs/runs-page.tsx";
import { SchemaPage } from "./schema/schema-page.tsx";
import { schemaFilter } from "./schema/search.ts";
import { VersionsPage } from "./schema/versions-page.tsx";
import { SignInPage } from "./session/sign-in-page.tsx";
import { WelcomePage } from "./session/welcome-page.tsx";
import { SettingsPage } from "./settings/settings-page.tsx";
import { Shell } from "./shell/shell.tsx";
import { TeamPage } from "./team/team-page.tsx";
import { TemplatePage } from "./template/template-page.tsx";
import { UpdatePage } from "./template/update-page.tsx";
import { usageFilter } from "./usage/search.ts";
import { UsagePage } from "./usage/usage-page.tsx";

interface SignInSearch {
  back?: string | undefined;
  expired?: boolean | undefined;
  /** Why an identity provider sent somebody back without a session. */
  error?: string | undefined;
}

interface RequestFilter {
  state?: RequestState[] | undefined;
  confirmed?: "no" | "all" | undefined;
  search?: string | undefined;
  environment?: string | undefined;
}

interface RunFilter {
  state?: RunState[] | undefined;
  kind?: RunKind[] | undefined;
  environment?: string | undefined;
}

interface AuditFilter {
  subject?: string | undefined;
  actor?: string | undefined;
}

/** Every page and what its address may say. */
export function openRouter(queries: QueryClient) {
  const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
  const at = <Path extends string>(path: Path) => ({ getParentRoute: () => root, path });

  const signIn = createRoute({
    ...at("/sign-in"),
    component: SignInPage,
    validateSearch: (search: Record<string, unknown>): SignInSearch => ({
      back: textOf(search.back),
      error: textOf(search.error),
      expired: search.expired === true ? true : undefined,
    }),
  });
  const welcome = createRoute({
    ...at("/welcome"),
    component: WelcomePage,
    validateSearch: (
      search: Record<string, unknown>,
    ): { token?: string | undefined; reset?: boolean | undefined } => ({
      token: textOf(search.token),
      reset: search.reset === true ? true : undefined,
    }),
  });

  // --- pages behind the sign-in

  const console = createRoute({
    getParentRoute: () => root,
    id: "console",
    component: Shell,
    errorComponent: Trouble,
    beforeLoad: async ({ location }) => {
      await queries.ensureQueryData(meQuery).catch((error: unknown) => {
        if (!isFinal(error)) throw error;
        const back = location.href === "/" ? undefined : location.href;
        throw redirect({ to: "/sign-in", search: { back } });
      });
    },
  });
  const inside = <Path extends string>(path: Path) => ({ getParentRoute: () => console, path });

  const home = createRoute({
    ...inside("/"),
    beforeLoad: () => {
      throw redirect({ to: "/requests", replace: true });
    },
  });
  const requests = createRoute({
    ...inside("/requests"),
    component: RequestsPage,
    validateSearch: (search: Record<string, unknown>): RequestFilter => ({
      state: someOf(requestStates, search.state),
      confirmed: someOf(["no", "all"] as const, search.confirmed)?.[0],
      search: textOf(search.search),
      environment: textOf(search.environment),
    }),
  });
  const request = createRoute({ ...inside("/requests/$id"), component: RequestPage });
  const instances = createRoute({
    ...inside("/instances"),
    component: InstancesPage,
    validateSearch: instanceFilter,
  });
  const instance = createRoute({
    ...inside("/instances/$slug"),
    component: InstancePage,
    validateSearch: (search: Record<string, unknown>): { tab?: Tab | undefined } => ({
      tab: someOf(tabs, search.tab)?.[0],
    }),
  });
  const health = createRoute({ ...inside("/monitoring"), component: HealthPage });
  const runs = createRoute({
    ...inside("/runs"),
    component: RunsPage,
    validateSearch: (search: Record<string, unknown>): RunFilter => ({
      state: someOf(runStates, search.state),
      kind: someOf(runKinds, search.kind),
      environment: textOf(search.environment),
    }),
  });
  const run = createRoute({ ...inside("/runs/$id"), component: RunPage });
  const drift = createRoute({ ...inside("/drift"), component: DriftPage, validateSearch: driftFilter });
  const backups = createRoute({
    ...inside("/backups"),
    component: BackupsPage,
    validateSearch: backupFilter,
  });
  const schema = createRoute({ ...inside("/schema"), component: SchemaPage });
  const versions = createRoute({
    ...inside("/schema/instances"),
    component: VersionsPage,
    validateSearch: schemaFilter,
  });
  const rollout = createRoute({
    ...inside("/rollouts/$id"),
    component: RolloutPage,
    validateSearch: (search: Record<string, unknown>): { state?: TargetState | undefined } => ({
      state: someOf(targetStates, search.state)?.[0],
    }),
  });
  const template = createRoute({ ...inside("/template"), component: TemplatePage });
  const templateUpdate = createRoute({ ...inside("/template/$id"), component: UpdatePage });
  const audit = createRoute({
    ...inside("/audit"),
    component: AuditPage,
    validateSearch: (search: Record<string, unknown>): AuditFilter => ({
      subject: textOf(search.subject),
      actor: textOf(search.actor),
    }),
  });
  const usage = createRoute({ ...inside("/usage"), component: UsagePage, validateSearch: usageFilter });
  const pool = createRoute({ ...inside("/pool"), component: PoolPage });
  const orphans = createRoute({ ...inside("/orphans"), component: OrphansPage });
  const team = createRoute({ ...inside("/team"), component: TeamPage });
  const settings = createRoute({ ...inside("/settings"), component: SettingsPage });

  const tended = [
    home,
    requests,
    request,
    instances,
    instance,
    runs,
    run,
    drift,
    backups,
    schema,
    versions,
    rollout,
    template,
    templateUpdate,
  ] as const;
  const pages = [...tended, health, usage, pool, orphans, audit, team, settings] as const;
  return createRouter({
    routeTree: root.addChildren([publicRoutes(root), signIn, welcome, console.addChildren(pages)]),
    scrollRestoration: true,
    defaultPreload: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof openRouter>;
  }
}
