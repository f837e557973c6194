import assert from "node:assert/strict";
import { test } from "node:test";
import { parseClientConfig } from "../lib/client-config";
import type { Member } from "../lib/member";
import { sectionsOf, tabsOf } from "../lib/modules";

const word = (text: string) => ({ en: text, fr: `${text} (fr)`, id: `${text} (id)` });

const pages = {
  modules: {
    patients: { label: word("Patients"), about: word("Who is treated."), sections: ["patients", "notes"] },
    stock: { label: word("Stock"), about: word("What there is."), sections: [] },
  },
  sections: {
    patients: {
      label: word("Patients"),
      table: "patients",
      title: "full_name",
      columns: [{ name: "full_name", shown: "text" }],
      fields: [{ name: "full_name", input: "text", required: true, max: 9e9 }],
      see: ["admin", "doctor"],
      write: ["doctor"],
    },
    notes: {
      label: word("Notes"),
      table: "visit_notes",
      title: "finding",
      columns: [{ name: "patient_id", shown: "link", from: "patients" }],
      fields: [{ name: "patient_id", input: "row", from: "patients" }],
      see: ["doctor"],
    },
  },
  columns: { full_name: word("Name"), patient_id: word("Patient") },
  values: {},
};

const file = (change: object = {}) => ({
  blueprint: "clinic",
  modules: { patients: true },
  locale: "fr",
  pages,
  ...change,
});
const asked = (config: ReturnType<typeof parseClientConfig>, role: string) =>
  ({ blueprint: config.blueprint, own: config.own, role }) as Member; // all that is looked at

test("a kind that only the file describes shows its modules, in the file's words", () => {
  const config = parseClientConfig(file());
  assert.equal(config.problem, undefined);
  assert.deepEqual([config.blueprint, config.modules], ["own", ["patients"]]);
  assert.equal(config.own?.words.fr.sections.patients, "Patients (fr)");
  const [patients, notes] = sectionsOf(asked(config, "admin"), config.modules[0] ?? "crm");
  assert.equal(patients?.select, "id, created_at, full_name");
  assert.equal(notes?.select, "id, created_at, finding, patient_id:patients(name:full_name)");
  assert.deepEqual(notes?.fields?.[0]?.source, { table: "patients", names: "full_name" });
  assert.equal(patients?.fields?.[0]?.max, 20_000);
});

test("roles decide what is shown and offered; the database decides what is given", () => {
  const config = parseClientConfig(file());
  const seen = (role: string) =>
    tabsOf(asked(config, role), config.modules[0] ?? "crm").map(({ table }) => table);
  assert.deepEqual(
    [seen("admin"), seen("doctor"), seen("")],
    [["patients"], ["patients", "visit_notes"], []],
  );
  const [patients, notes] = sectionsOf(asked(config, "doctor"), config.modules[0] ?? "crm");
  assert.equal(patients?.add?.(asked(config, "admin")), false);
  assert.equal(patients?.add?.(asked(config, "doctor")), true);
  assert.equal(notes?.add?.(asked(config, "doctor")), false);
});

test("nothing in the file becomes more of a query than a name", () => {
  const hostile = [
    "users?select=*",
    "patients(secret)",
    "a,b",
    "*",
    "__proto__",
    "x".repeat(80),
    "public.users",
    7,
    null,
    { toString: "x" },
  ];
  for (const bad of hostile) {
    const change = (section: object) =>
      parseClientConfig(
        file({ pages: { ...pages, sections: { patients: { ...pages.sections.patients, ...section } } } }),
      );
    for (const section of [{ table: bad }, { title: bad }, { columns: [{ name: bad, shown: "text" }] }])
      assert.deepEqual(change(section).own?.sections.get("patients"), [], JSON.stringify(section));
    const link = change({
      columns: [
        { name: "full_name", shown: "text" },
        { name: "p", shown: "link", from: bad },
      ],
    });
    assert.equal(link.own?.sections.get("patients")?.[0]?.select, "id, created_at, full_name");
    const field = change({
      fields: [
        { name: bad, input: "text" },
        { name: "f", input: bad },
      ],
    });
    assert.deepEqual(field.own?.sections.get("patients")?.[0]?.fields, []);
    const order = change({ order: { by: bad } });
    assert.equal(order.own?.sections.get("patients")?.[0]?.order, undefined);
  }
});

test("a module takes no address of the application itself, and no prototype's name", () => {
  for (const name of ["admin", "api", "settings", "__proto__", "constructor", "../x", ""]) {
    const modules = JSON.parse(`{${JSON.stringify(name)}: true}`) as object;
    const described = JSON.parse(
      `{${JSON.stringify(name)}: ${JSON.stringify(pages.modules.patients)}}`,
    ) as object;
    const config = parseClientConfig(file({ modules, pages: { ...pages, modules: described } }));
    assert.deepEqual(name === "constructor" ? [] : config.modules, [], name);
  }
});

test("a kind of ours stays itself whatever pages the file brings, and an unknown one without pages shows nothing", () => {
  const shop = parseClientConfig(file({ blueprint: "shop", modules: { orders: true, patients: true } }));
  assert.deepEqual([shop.blueprint, shop.modules, shop.own], ["shop", ["orders"], undefined]);
  for (const blueprint of ["own", "clinic"]) {
    const config = parseClientConfig(file({ blueprint, pages: undefined }));
    assert.deepEqual([config.modules, typeof config.problem], [[], "string"]);
  }
});
