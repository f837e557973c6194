import assert from "node:assert/strict";
import { test } from "node:test";
import { type Blueprint, type ModuleName, parseClientConfig } from "../lib/client-config";
import { en } from "../lib/messages/en";
import { fr } from "../lib/messages/fr";
import { id } from "../lib/messages/id";
import { trouble } from "../lib/messages/trouble";
import { sectionsOf } from "../lib/modules";
import { orderProblems } from "../lib/shop/order";
import { blueprints, everyModule } from "./support";

/** Every message with the path of its key. */
function flat(words: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === "string") found.set(`${path}${key}`, value);
    else for (const [at, text] of flat(value, `${path}${key}.`)) found.set(at, text);
  }
  return found;
}

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("every language has every word, with the same places for values", () => {
  const english = flat({ en, trouble: trouble.en });
  for (const other of [flat({ en: fr, trouble: trouble.fr }), flat({ en: id, trouble: trouble.id })]) {
    assert.deepEqual([...other.keys()].sort(), [...english.keys()].sort());
    for (const [key, text] of other) {
      assert.notEqual(text.trim(), "", key);
      assert.deepEqual(holes(text), holes(english.get(key) ?? ""), key);
    }
  }
});

test("whatever a page of an application shows has a word", () => {
  const known = flat(en);
  const must = (path: string) => assert.ok(known.has(path), path);
  for (const [blueprint, module] of everyModule()) {
    must(`modules.${module}`);
    must(`about.${module}`);
    for (const section of sectionsOf({ blueprint }, module)) {
      must(`sections.${section.id}`);
      for (const { name } of [...section.columns, ...(section.more ?? []), ...(section.fields ?? [])]) {
        must(`columns.${name}`);
      }
      // States and kinds of the business blueprint are shown as its database calls them.
      if (blueprint === "business") continue;
      for (const { choices } of section.fields ?? [])
        for (const each of choices ?? []) must(`values.${each}`);
      for (const each of section.states ?? []) must(`values.${each}`);
      for (const [from, to] of Object.entries(section.moves ?? {})) {
        must(`values.${from}`);
        for (const each of to) must(`moves.${each}`);
      }
    }
  }
  for (const problem of orderProblems) must(`shop.problems.${problem}`);
});

test("no application shows another one's modules", () => {
  for (const blueprint of blueprints) {
    const own = everyModule().filter(([each]) => each === blueprint);
    const modules = Object.fromEntries(everyModule().map(([, name]) => [name, true]));
    const config = parseClientConfig({ blueprint, modules });
    assert.deepEqual(
      config.modules,
      own.map(([, name]) => name),
    );
    const foreign = everyModule().filter(([each]) => each !== blueprint);
    for (const [, name] of foreign)
      assert.deepEqual(sectionsOf({ blueprint }, name), [], `${blueprint} ${name}`);
  }
});

test("every list that stands below a row is a section of the same application", () => {
  for (const [blueprint, module] of everyModule()) {
    for (const section of sectionsOf({ blueprint }, module)) {
      for (const child of section.children ?? []) {
        const found = sectionsOf({ blueprint }, child.module).find((each) => each.id === child.section);
        assert.ok(found, `${blueprint}: ${section.id} → ${child.section}`);
      }
    }
  }
});

test("a section of an application with roles is seen by the roles that it names, and by nobody without one", () => {
  const seen = (blueprint: Blueprint, module: ModuleName, role: string) =>
    sectionsOf({ blueprint }, module)
      .filter((section) => section.see?.({ role, blueprint } as Parameters<typeof section.see>[0])) // all that it looks at
      .map((section) => section.id);
  for (const [blueprint, module] of everyModule()) {
    if (blueprint !== "business") assert.deepEqual(seen(blueprint, module, ""), []);
  }
  assert.deepEqual(seen("agency", "invoices", "member"), []);
  assert.deepEqual(seen("agency", "invoices", "client"), ["invoices", "invoice_lines"]);
  assert.deepEqual(seen("agency", "clients", "client"), []);
  assert.deepEqual(seen("agency", "clients", "member"), ["clients"]);
  assert.deepEqual(seen("agency", "projects", "member"), ["projects"]);
  assert.deepEqual(seen("community", "federation", "moderator"), []);
});
