import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { AnyBlueprint, Step } from "@atoll/core/blueprint";
import { type Accounts, connect } from "@atoll/hub/accounts";
import { loadBlueprint } from "@atoll/hub/blueprints/load";
import type { Kind } from "@atoll/hub/schema/kind";
import { type LocalCloud, providerSettings } from "@atoll/hub/settings";
import type { Governor } from "@atoll/provider-kit/governor";

/** The kind of application that clients of chaos get: small, with one thing at every provider. */
export const kindName = "minimal";

const folder = fileURLToPath(new URL("../../examples/blueprint-minimal", import.meta.url));

const sql = `create table public.chaos_notes (
  id uuid primary key default gen_random_uuid(),
  said text not null,
  created_at timestamptz not null default now()
);
alter table public.chaos_notes enable row level security;
revoke all on public.chaos_notes from public, anon, authenticated, service_role;
grant select on public.chaos_notes to authenticated;
create policy chaos_notes_read on public.chaos_notes for select to authenticated
  using ((select private.my_role()) in ('admin', 'member'));
`;

/** The migration that comes out while clients live. */
const released = {
  version: 3,
  name: "chaos_notes",
  sql,
  checksum: createHash("sha256").update(sql).digest("hex"),
  transactional: true,
};

/** The file whose being there says that a schedule's newer schema is out. */
export const releaseFile = (home: string, slug: string) =>
  path.join(home, `released-${slug.replace(/-[^-]*$/, "")}`);

/** The newest schema, whether it is out or not. */
export function newestKind(blueprint: AnyBlueprint): Kind {
  return { name: kindName, migrations: [...(blueprint.migrations ?? []), released] };
}

/** What a worker may do to each step of the blueprint, for tests of the checks. */
type Change = (step: Step) => Step;

/** Accounts on the local cloud, and the blueprint of chaos: its last migration only once that is out. */
export async function chaosAccounts(
  cloud: LocalCloud,
  home: string,
  { change = (step) => step, governor }: { change?: Change; governor?: Governor } = {},
): Promise<{ accounts: Accounts; blueprint: AnyBlueprint }> {
  const accounts = connect(await providerSettings({}, async () => cloud), governor ? { governor } : {}, [
    await loadBlueprint(folder),
  ]);
  const made = accounts.blueprints.find(({ name }) => name === kindName);
  if (made === undefined) throw new Error("There is no blueprint.");
  const { stepsFor } = made;
  const all = (steps: readonly Step[]) => steps.map((step) => change(withRelease(step, home)));
  const blueprint: AnyBlueprint = {
    ...made,
    steps: all(made.steps),
    ...(stepsFor && { stepsFor: (recorded, answers) => all(stepsFor(recorded, answers)) }),
  };
  return { accounts: { ...accounts, blueprints: [blueprint] }, blueprint };
}

function withRelease(step: Step, home: string): Step {
  if (step.does !== "resource" || step.step !== "schema") return step;
  const want: typeof step.want = (context) => {
    const wanted = step.want(context) as { migrations: readonly object[] };
    return existsSync(releaseFile(home, context.instance.slug))
      ? { ...wanted, migrations: [...wanted.migrations, released] }
      : wanted;
  };
  return { ...step, want };
}
