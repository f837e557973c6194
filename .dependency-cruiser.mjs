// The house's rules of who may import whom (ARCHITECTURE.md). `npm run check:deps` fails on a breach.
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  comment: `${name} may import only: ${allowed.join(", ")}`,
  from: { path: from, pathNot: ["\\.test\\.ts$", "/testing/"] },
  to: { path: "^(packages|apps|blueprints|tests|bench|template)/", pathNot: [from, ...allowed] },
});

const core = "^packages/core/";
const kit = "^packages/providers/kit/";
const fleet = "^packages/fleet/";
const postgres = "^packages/postgres/";
const providers = "^packages/providers/";

export default {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "core-is-pure",
      severity: "error",
      from: { path: core },
      to: { pathNot: core, dependencyTypesNot: ["core"] },
    },
    only("core", core, []),
    only("contract", "^packages/contract/", [core]),
    only("engine", "^packages/engine/", [core, "^packages/fleet/src/(own|quote)\\.ts$"]),
    only("fleet", fleet, [core]),
    only("postgres", postgres, []),
    only("archive", "^packages/archive/", [core]),
    only("provider-kit", kit, [core]),
    {
      name: "no-provider-to-provider",
      severity: "error",
      from: { path: "^packages/providers/([^/]+)/", pathNot: "^packages/providers/kit/|\\.test\\.ts$" },
      to: {
        path: "^(packages|apps|blueprints)/",
        pathNot: ["^packages/providers/$1/", core, kit, fleet],
      },
    },
    only("local-cloud", "^packages/local-cloud/", [postgres]),
    only("blueprints", "^blueprints/", [core, fleet, providers]),
    only("hub", "^apps/hub/", [
      core,
      "^packages/archive/",
      "^packages/contract/",
      "^packages/engine/",
      fleet,
      postgres,
      providers,
      "^blueprints/",
    ]),
    only("rehearsal", "^packages/rehearsal/", [core, "^packages/engine/"]),
    only("cli", "^apps/cli/", [core, "^packages/contract/", "^packages/rehearsal/", "^apps/hub/"]),
    only("console", "^apps/console/", [core, "^packages/contract/"]),
    {
      name: "product-never-imports-the-local-cloud",
      severity: "error",
      from: { path: "^(packages|apps|blueprints)/", pathNot: "^packages/local-cloud/|\\.test\\.ts$" },
      to: { path: "^packages/local-cloud/" },
    },
    {
      name: "no-test-helper-in-the-product",
      severity: "error",
      from: { path: "^(packages|apps|blueprints)/", pathNot: ["\\.test\\.ts$", "/testing"] },
      to: { path: "\\.test\\.ts$|^tests/" },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(node_modules|\\.atoll|\\.next)/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
