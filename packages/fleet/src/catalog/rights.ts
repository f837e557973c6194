import type { Definitions, Thing } from "./definitions.ts";

/** One right, as a line of a "grants" definition tells it. */
interface Right {
  line: string;
  privilege: string;
  /** As SQL, or "". */
  column: string;
  /** As SQL; `current_user` is the owner, `public` everybody. */
  role: string;
  grantable: boolean;
}

function rightsOf(body: string): Right[] {
  return body.split("\n").flatMap((line) => {
    const found = /^([A-Z]+)(?:\((.*)\))? to (.*?)( with grant option)?$/s.exec(line);
    if (!found) return [];
    const [, privilege = "", column = "", role = "", option] = found;
    return [{ line, privilege, column, role, grantable: option !== undefined }];
  });
}

const on = (right: Right) =>
  `${right.privilege.toLowerCase()}${right.column === "" ? "" : ` (${right.column})`}`;

function statements(
  verb: "grant" | "revoke",
  rights: readonly Right[],
  target: string,
  prefix = "",
): string[] {
  const groups = new Map<string, Right[]>();
  for (const right of rights) {
    const key = `${right.role}${right.grantable && verb === "grant" ? " with grant option" : ""}`;
    groups.set(key, [...(groups.get(key) ?? []), right]);
  }
  return [...groups].map(([whom, group]) => {
    const privileges = [...new Set(group.map(on))].join(", ");
    return `${prefix}${verb} ${privileges} on ${target} ${verb === "grant" ? "to" : "from"} ${whom};`;
  });
}

/** What `grant … on` names for the thing that a "grants" entry is about. */
function targetOf({ kind, label }: Thing, ...known: Definitions[]): string {
  if (kind === "grants schema") return `schema ${label}`;
  if (kind === "grants type") return `type ${label}`;
  if (label.endsWith(")")) return `routine ${label}`;
  const isSequence = known.some((definitions) => `sequence ${label}` in definitions);
  return `${isSequence ? "sequence" : "table"} ${label}`;
}

/** Rights of an owner that nobody took any from, by what they are on. */
const usualOwner: Record<string, string[]> = {
  table: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
  sequence: ["SELECT", "UPDATE", "USAGE"],
  routine: ["EXECUTE"],
  schema: ["CREATE", "USAGE"],
  type: ["USAGE"],
};

/** SQL that makes the rights of an object what `expected` says; `found` is undefined for one that was just made. */
export function grantSql(
  thing: Thing,
  found: string | undefined,
  expected: string,
  ...known: Definitions[]
): string {
  const target = targetOf(thing, ...known);
  const want = rightsOf(expected);
  if (found === undefined) {
    // A new object has the usual rights, and those that default privileges add for whomever they name.
    const others = known
      .flatMap((all) => Object.entries(all))
      .filter(([name]) => name.startsWith("default privileges "))
      .flatMap(([, body]) => rightsOf(body).map(({ role }) => role));
    const usual = usualOwner[target.split(" ", 1)[0] ?? ""] ?? [];
    const own = want.filter(({ role, column }) => role === "current_user" && column === "");
    const lost = usual.filter((privilege) => !own.some((right) => right.privilege === privilege));
    return [
      `revoke all on ${target} from ${[...new Set(["public", ...others])].join(", ")};`,
      ...(lost.length > 0 ? [`revoke ${lost.join(", ").toLowerCase()} on ${target} from current_user;`] : []),
      ...statements(
        "grant",
        want.filter((right) => right.role !== "current_user" || right.grantable || right.column !== ""),
        target,
      ),
    ].join("\n");
  }
  const { added, lost } = rightsChanged(found, expected);
  // Taking a right from a table takes it from its columns, too: those come back with what is granted again.
  const swept = new Set(added.filter(({ column }) => column === "").map(({ role }) => role));
  const again = want.filter(({ role, column }) => column !== "" && swept.has(role));
  const back = [...lost, ...again.filter((right) => !lost.includes(right))];
  return [...statements("revoke", added, target), ...statements("grant", back, target)].join("\n");
}

/** SQL that makes default privileges what they should be; undefined stands for the usual ones. */
export function defaultsSql(
  { label }: Thing,
  found: string | undefined,
  expected: string | undefined,
): string {
  const { schema, objects, usual } = defaultsOf(label);
  const { added, lost } = rightsChanged(found ?? usual, expected ?? usual);
  const prefix = `alter default privileges ${schema === undefined ? "" : `in schema ${schema} `}`;
  return [
    ...statements("revoke", added, objects, prefix),
    ...statements("grant", lost, objects, prefix),
  ].join("\n");
}

/** Where default privileges hold, and for which new objects: "in public on tables" or "on functions". */
function defaultsOf(label: string): { schema?: string; objects: string; usual: string } {
  const [, schema, objects = "tables"] = /^(?:in (.*) )?on (\w+)$/s.exec(label) ?? [];
  if (schema !== undefined) return { schema, objects, usual: "" };
  const usual = { functions: "EXECUTE to public", types: "USAGE to public" }[objects] ?? "";
  return { objects, usual };
}

/** Which rights somebody added, and which got lost. */
function rightsChanged(found: string, expected: string): { added: Right[]; lost: Right[] } {
  const [there, want] = [rightsOf(found), rightsOf(expected)];
  const missing = (from: Right[], other: Right[]) =>
    from.filter(({ line }) => !other.some((right) => right.line === line));
  return { added: missing(there, want), lost: missing(want, there) };
}

/** "anon may select (it should not), authenticated may not delete" */
export function rightsSentence(found: string, expected: string): string {
  const { added, lost } = rightsChanged(found, expected);
  const who = (role: string) =>
    role === "current_user" ? "the owner" : role === "public" ? "everybody" : role;
  const group = (rights: Right[], verb: string) => {
    const roles = [...new Set(rights.map(({ role }) => role))];
    return roles.map((role) => {
      const what = rights
        .filter((right) => right.role === role)
        .map((right) => `${on(right)}${right.grantable ? " with grant option" : ""}`);
      return `${who(role)} ${verb} ${what.join(", ")}`;
    });
  };
  return [...group(added, "got"), ...group(lost, "lost")].join("; ");
}
