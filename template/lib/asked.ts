import { clientConfig, type ModuleName } from "./client-config";
import { type Member, member } from "./member";
import { sectionsOf, sees } from "./modules";
import type { Row, Section } from "./sections";

/** A section that whoever asks may see in this instance. */
export interface Asked {
  me: Member;
  module: ModuleName;
  section: Section;
}

/** The module of that name, if this instance has it. */
export async function moduleAsked(name: string): Promise<ModuleName | undefined> {
  return (await clientConfig()).modules.find((each) => each === name);
}

/**
 * The section at an address, for pages and actions alike; undefined where this instance has no such module, the
 * module no such section, or the person no sight of it.
 */
export async function asked(moduleName: string, sectionId: string): Promise<Asked | undefined> {
  const me = await member();
  const module = await moduleAsked(moduleName);
  const section = module && sectionsOf(me, module).find((each) => each.id === sectionId);
  return module && section && sees(me, section) ? { me, module, section } : undefined;
}

/** The columns that a changed row's form and its rules look at. */
export function rawColumns(section: Section): string {
  const names = (section.fields ?? []).filter((field) => field.input !== "secret").map((field) => field.name);
  const rules = section.select.split(/,\s*(?![^()]*\))/).filter((part) => /^[a-z_]+$/.test(part.trim()));
  return [...new Set([section.key ?? "id", ...names, ...rules.map((part) => part.trim())])].join(", ");
}

/** Where a row's own page is. */
export function addressOf(module: ModuleName, section: Section, row: Row): string | undefined {
  return section.opens ? `/${module}/${section.id}/${String(row[section.key ?? "id"])}` : undefined;
}
