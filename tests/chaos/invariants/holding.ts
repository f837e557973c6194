import type { Inventory, Look } from "../look.ts";

const marks = /^minimal-|^client-backups\//;

/** What stands at the providers of clients, as the registry names it: "supabase.project abc". Twice = there twice. */
export function heldBy({ supabase, github, vercel, n8n, gitea }: Inventory): string[] {
  const folders = new Set(
    gitea.repositories.flatMap(({ name, files }) =>
      files.flatMap((file) => {
        const slug = /^client-backups\/([^/]+)\//.exec(file)?.[1];
        return slug === undefined ? [] : [`gitea.folder ${name}:client-backups/${slug}`];
      }),
    ),
  );
  return [
    ...supabase.projects.map(({ ref }) => `supabase.project ${ref}`),
    ...supabase.projects.flatMap(({ ref, users }) => users.map(() => `supabase.user of ${ref}`)),
    ...github.repositories
      .filter(({ name }) => marks.test(name.split("/")[1] ?? ""))
      .map(({ name }) => `github.repository ${name}`),
    ...vercel.projects.map(({ id }) => `vercel.project ${id}`),
    ...n8n.workflows.map(({ id }) => `n8n.workflow ${id}`),
    ...n8n.credentials.map(({ id }) => `n8n.credential ${id}`),
    ...folders,
  ];
}

const kinds = [
  "supabase.project",
  "github.repository",
  "vercel.project",
  "n8n.workflow",
  "n8n.credential",
  "gitea.folder",
];

function wantedBy({ registered }: Look): string[] {
  return registered.flatMap(({ kind, id }) => {
    if (kind === "supabase.user") return [`supabase.user of ${id.split("/")[0]}`];
    if (kind === "n8n.workflow") return [`${kind} ${id.split("/")[0]}`];
    return kinds.includes(kind) ? [`${kind} ${id}`] : [];
  });
}

const counted = (list: readonly string[]) => {
  const counts = new Map<string, number>();
  for (const each of list) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
};

/** The providers hold each registered thing once, and nothing else: no duplicate, no orphan, nothing missing. */
export function holding(look: Look): string[] {
  const [held, wanted] = [counted(heldBy(look.inventory)), counted(wantedBy(look))];
  return [...new Set([...held.keys(), ...wanted.keys()])].flatMap((each) => {
    const [there, known] = [held.get(each) ?? 0, wanted.get(each) ?? 0];
    if (there === known) return [];
    if (known === 0) return [`orphan: ${each} stands at the provider and in no registry`];
    return there === 0
      ? [`missing: ${each} is registered and not there`]
      : [`${each} is there ${there} times`];
  });
}
