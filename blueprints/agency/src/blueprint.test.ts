import { fakeParts, wantedBy, wantOf } from "@atoll/blueprint-kit/testing/wanted";
import { expect, test } from "vitest";
import { agency } from "./blueprint.ts";
import { moduleNames } from "./modules.ts";

const answers = {};

test("a step for everything, automations of the modules that have some, the mail last", () => {
  const steps = Object.keys(wantedBy(agency(fakeParts()), answers));
  expect(steps.slice(steps.indexOf("auth-config") + 1)).toEqual([
    "database-credential",
    "mail-credential",
    "clients-workflow",
    "tasks-workflow",
    "invoices-workflow",
    "backup",
    "welcome",
  ]);
});

test("names its things by the slug, and tells the application which modules it shows", () => {
  const steps = wantedBy(agency(fakeParts()), { ...answers, modules: [moduleNames[0]] });
  expect(steps.project?.name).toMatch(/^tlp-toko-a-\w+$/);
  expect([steps.repository?.name, steps.site?.name]).toEqual(["tlp-toko-a", "tlp-toko-a"]);
  const config = JSON.parse(wantOf<{ content: string }>(steps, "client-config").content);
  expect(config).toMatchObject({
    blueprint: "agency",
    client: { slug: "toko-a" },
    modules: { [moduleNames[0]]: true },
  });
  expect(Object.values(config.modules).filter(Boolean)).toHaveLength(1);
});
