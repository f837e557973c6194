import { type AnyBlueprint, blueprint } from "@atoll/core/blueprint";
import { differences } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Resource } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import type { FakeCloud } from "./fake-cloud.ts";

interface Props {
  [key: string]: unknown;
}

export interface FakeOptions {
  removal?: "own" | "with-parent";
  lostCreate?: "find-by-name" | "ask-operator";
  settles?: number;
  hidden?: number;
  settleWithinMs?: number;
  graceMs?: number;
  /** Property that can only change by replacing the thing, with or without loss of data. */
  holdsData?: string;
  replaces?: string;
  /** Property that the provider takes and does not set. */
  ignores?: string;
}

interface Attrs {
  id: string;
  props: Props;
  key: Secret;
}

/** A resource on the fake cloud: everything that a real one does, without the provider's quirks. */
function fakeResource(cloud: FakeCloud, kind: string, options: FakeOptions = {}): Resource<Props, Attrs> {
  return {
    kind,
    lostCreate: options.lostCreate ?? "find-by-name",
    removal: options.removal ?? "own",
    settleWithinMs: options.settleWithinMs ?? 10_000,
    graceMs: options.graceMs ?? 600,
    async observe(at) {
      const thing = await cloud.observe(at.name, at.id);
      if (!thing) return { is: "absent" };
      if (thing.settles > 0) return { is: "settling", id: thing.id, retryInMs: 30, why: "COMING_UP" };
      const { id, props } = thing;
      return {
        is: "present",
        id,
        owner: thing.owner === at.instance ? "us" : "other",
        attrs: { id, props, key: new Secret("key", `canary-key-of-${thing.name}`) },
      };
    },
    compare: (want, live) =>
      differences(want, live.props).map((change) =>
        change.path === options.holdsData
          ? { ...change, act: "replace" as const, holdsData: true }
          : change.path === options.replaces
            ? { ...change, act: "replace" as const }
            : change,
      ),
    async apply({ at, want, live }) {
      const props = Object.fromEntries(
        Object.entries(want).map(([key, value]) => [key, value instanceof Secret ? value.expose() : value]),
      );
      if (live) {
        if (options.ignores) delete props[options.ignores];
        await cloud.update(at.name, props);
        return live.id;
      }
      const how = { settles: options.settles ?? 0, hidden: options.hidden ?? 0, within: at.within };
      return cloud.create(at.name, at.instance, props, how);
    },
    remove: (id) => cloud.remove(id),
    probe: async (live) => (live.props.sick ? ["it does not answer"] : []),
  };
}

interface FakeAnswers {
  title: string;
  extra: boolean;
  token?: Secret;
  slug?: string;
}

/**
 * A diamond with a tail: project ← keys (end with it), repository; site needs both; a mail at the end.
 * Names carry the slug, so that a test can plant trouble for each.
 */
export function fakeBlueprint(cloud: FakeCloud, options: Record<string, FakeOptions> = {}): AnyBlueprint {
  return blueprint({
    name: "fake",
    questions: {
      parse(input): FakeAnswers {
        const { title, extra, token, slug } = (input ?? {}) as Record<string, unknown>; // checked in the next lines
        if (typeof title !== "string" || title === "")
          throw new Fault("rejected", {
            what: "The title is missing.",
            next: "Give a title.",
            field: "title",
          });
        const secret = typeof token === "string" ? { token: new Secret("token", token) } : {};
        return { title, extra: extra === true, ...secret, ...(typeof slug === "string" && { slug }) };
      },
      schema: () => ({ type: "object" }),
    },
    chosen: (ids) => ({ suffix: ids.suffix() }),
    secrets: (ids) => ({ databasePassword: ids.password(), temporaryPassword: ids.temporaryPassword() }),
  })
    .step("project", {
      resource: fakeResource(cloud, "fake.project", { settles: 2, ...options.project }),
      name: ({ instance }) => `${instance.slug}-project`,
      want: ({ instance, secrets }) => ({
        title: instance.answers.title,
        password: secrets.databasePassword.fingerprint,
      }),
    })
    .step("repository", {
      resource: fakeResource(cloud, "fake.repository", { hidden: 1, ...options.repository }),
      name: ({ instance }) => `${instance.slug}-repository`,
      want: ({ instance }) => ({ title: instance.answers.title }),
    })
    .step("keys", {
      needs: ["project"],
      resource: fakeResource(cloud, "fake.keys", { removal: "with-parent", ...options.keys }),
      name: ({ instance }) => `${instance.slug}-keys`,
      within: ({ needs }) => needs.project.id,
      want: () => ({ enabled: true }),
    })
    .step("extra", {
      resource: fakeResource(cloud, "fake.extra", options.extra),
      name: ({ instance }) => `${instance.slug}-extra`,
      want: () => ({ on: true }),
      when: ({ instance }) => instance.answers.extra,
    })
    .step("site", {
      needs: ["keys", "repository"],
      resource: fakeResource(cloud, "fake.site", options.site),
      name: ({ instance }) => `${instance.slug}-site`,
      want: ({ needs }) => ({ key: needs.keys.key.fingerprint, repository: needs.repository.id }),
    })
    .action("welcome", {
      needs: ["site"],
      action: {
        kind: "fake.mail",
        async run({ key, want }: { key: string; want: { to: string; password: Secret } }) {
          await cloud.send(key, { to: want.to, passwordLength: want.password.expose().length });
          return { messageId: key };
        },
      },
      key: ({ instance }) => `welcome-${instance.slug}`,
      want: ({ instance, secrets }) => ({
        to: `${instance.slug}@example.org`,
        password: secrets.temporaryPassword,
      }),
    })
    .build(({ site }) => (site ? `http://localhost/${site.id}` : undefined));
}
