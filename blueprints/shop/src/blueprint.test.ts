import { fakeParts, wantedBy, wantOf } from "@atoll/blueprint-kit/testing/wanted";
import { expect, test } from "vitest";
import { shop } from "./blueprint.ts";
import { moduleNames } from "./modules.ts";

const answers = {};

test("a step for everything, automations of the modules that have some, the mail last", () => {
  const steps = Object.keys(wantedBy(shop(fakeParts()), answers));
  expect(steps.slice(steps.indexOf("auth-config") + 1)).toEqual([
    "database-credential",
    "mail-credential",
    "orders-workflow",
    "stock-workflow",
    "backup",
    "welcome",
  ]);
});

test("names its things by the slug, and tells the application which modules it shows", () => {
  const steps = wantedBy(shop(fakeParts()), { ...answers, modules: [moduleNames[0]] });
  expect(steps.project?.name).toMatch(/^toko-toko-a-\w+$/);
  expect([steps.repository?.name, steps.site?.name]).toEqual(["toko-toko-a", "toko-toko-a"]);
  const config = JSON.parse(wantOf<{ content: string }>(steps, "client-config").content);
  expect(config).toMatchObject({
    blueprint: "shop",
    client: { slug: "toko-a" },
    modules: { [moduleNames[0]]: true },
  });
  expect(Object.values(config.modules).filter(Boolean)).toHaveLength(1);
});
