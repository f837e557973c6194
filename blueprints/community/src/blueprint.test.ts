import { fakeParts, wantedBy, wantOf } from "@atoll/blueprint-kit/testing/wanted";
import { Secret } from "@atoll/core/secret";
import { expect, test } from "vitest";
import { community } from "./blueprint.ts";
import { moduleNames } from "./modules.ts";

const answers = { city: "Ville A", mapCenter: "48.1, 2.3" };

test("a step for everything, automations of the modules that have some, the mail last", () => {
  const steps = Object.keys(
    wantedBy(
      community(
        fakeParts({ bot: { apiUrl: "https://bot.test/v1", token: new Secret("bot token", "canary-bot") } }),
      ),
      answers,
    ),
  );
  expect(steps.slice(steps.indexOf("auth-config") + 1)).toEqual([
    "database-credential",
    "bot-credential",
    "announcements-workflow",
    "members-workflow",
    "bot-workflow",
    "backup",
    "welcome",
  ]);
});

test("names its things by the slug, and tells the application which modules it shows", () => {
  const steps = wantedBy(community(fakeParts()), { ...answers, modules: [moduleNames[0]] });
  expect(steps.project?.name).toMatch(/^ophelia-toko-a-\w+$/);
  expect([steps.repository?.name, steps.site?.name]).toEqual(["ophelia-toko-a", "ophelia-toko-a"]);
  const config = JSON.parse(wantOf<{ content: string }>(steps, "client-config").content);
  expect(config).toMatchObject({
    blueprint: "community",
    client: { slug: "toko-a" },
    modules: { [moduleNames[0]]: true },
  });
  expect(Object.values(config.modules).filter(Boolean)).toHaveLength(1);
});
