import type { Blueprint, ModuleName } from "./client-config";
import type { Member } from "./member";
import { agency } from "./modules/agency";
import { business } from "./modules/business";
import { community } from "./modules/community";
import { shop } from "./modules/shop";
import type { Section } from "./sections";

const all: Record<Blueprint, Partial<Record<ModuleName, readonly Section[]>>> = {
  business,
  shop,
  agency,
  community,
  own: {},
};

/** What a module of a blueprint shows, to anybody; nothing for a module of another blueprint. */
export function sectionsOf(
  { blueprint, own }: Pick<Member, "blueprint" | "own">,
  module: ModuleName,
): readonly Section[] {
  return own ? (own.sections.get(module) ?? []) : (all[blueprint][module] ?? []);
}

/** Whether somebody is shown a section: members of a business see all, elsewhere it takes a role. */
export function sees(me: Member, section: Section): boolean {
  if (section.see) return section.see(me);
  return me.blueprint === "business" || me.role !== "";
}

/** The tabs of a module that somebody sees. */
export function tabsOf(me: Member, module: ModuleName): readonly Section[] {
  return sectionsOf(me, module).filter((section) => !section.within && sees(me, section));
}
