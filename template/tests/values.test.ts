import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { fileNameFrom, mimeTypeFrom } from "../lib/agency/file-name";
import { parseClientConfig, withVault } from "../lib/client-config";
import { frame, inFrame, openStreetMap } from "../lib/community/map";
import { checkFields } from "../lib/fields";
import { en } from "../lib/messages/en";
import { minorFrom, moneyInput, moneyText } from "../lib/money";
import { orderFrom } from "../lib/shop/order";
import { slugFrom } from "../lib/shop/slug";
import { contactEmail, forgetPublicVault, publicVault } from "../lib/vault/public";
import { vaultKey, vaultText, vaultValueFrom } from "../lib/vault/value";

const article = "0b1c2d3e-4f50-4617-8899-aabbccddeeff";

test("an absent blueprint is a business, an unknown one shows nothing and says so", () => {
  assert.equal(parseClientConfig({}).blueprint, "business");
  assert.deepEqual(parseClientConfig({ modules: { crm: true, orders: true } }).modules, ["crm"]);
  for (const blueprint of ["toString", "__proto__", "", 7, null]) {
    const config = parseClientConfig({ blueprint, modules: { crm: true } });
    assert.deepEqual([config.modules, typeof config.problem], [[], "string"], String(blueprint));
  }
});

test("a map in the file is a point on Earth or none", () => {
  const map = { latitude: 48.85, longitude: 2.35, zoom: 12 };
  assert.deepEqual(parseClientConfig({ map }).map, map);
  for (const wrong of [{ latitude: 91, longitude: 0 }, { latitude: "1", longitude: 2 }, [], null, "1,2"]) {
    assert.equal(parseClientConfig({ map: wrong }).map, undefined);
  }
});

test("typed money becomes minor units, and what could mean two amounts is refused", () => {
  const cases: [string, string, "en" | "fr" | "id", number | undefined][] = [
    ["12.50", "EUR", "en", 1250],
    ["12,5", "EUR", "fr", 1250],
    ["12.50", "EUR", "fr", 1250],
    ["1,250.00", "EUR", "en", 125_000],
    ["1.250,00", "EUR", "id", 125_000],
    ["1 250", "EUR", "fr", 125_000],
    ["1\u202f500,50", "EUR", "fr", 150_050],
    ["1.250", "EUR", "fr", 125_000],
    ["1,250", "EUR", "en", 125_000],
    ["125.000", "IDR", "id", 125_000],
    ["1.250.000", "IDR", "id", 1_250_000],
    ["125000,00", "IDR", "id", 125_000],
    ["0", "EUR", "en", 0],
    ["1.250", "EUR", "en", undefined],
    ["1,250", "EUR", "fr", undefined],
    ["12,345", "EUR", "fr", undefined],
    ["1.2.3", "EUR", "en", undefined],
    ["12.50.00", "EUR", "en", undefined],
    ["1,25", "IDR", "id", undefined],
    ["-1", "EUR", "en", undefined],
    ["1e9", "EUR", "en", undefined],
    ["", "EUR", "en", undefined],
    ["9999999999999", "EUR", "en", undefined],
  ];
  for (const [typed, currency, locale, minor] of cases) {
    assert.equal(minorFrom(typed, currency, locale), minor, `${typed} ${currency} ${locale}`);
  }
});

test("money in a form reads back as the same amount in every language", () => {
  for (const locale of ["en", "fr", "id"] as const) {
    for (const currency of ["EUR", "IDR", "JPY"]) {
      for (const minor of [0, 5, 1250, 125_000, 99_999_999_999]) {
        assert.equal(minorFrom(moneyInput(minor, currency, locale), currency, locale), minor);
      }
    }
  }
  assert.equal(moneyText(1250, "EUR", "en"), "€12.50");
  assert.equal(moneyText(1250, "", "en"), "12.5");
});

test("an order holds only known articles in whole numbers", () => {
  const form = new FormData();
  form.set("request", article);
  form.set("name", " Ada\0 ");
  form.set(`article-${article}`, "2");
  form.set("article-1' or 1=1", "1");
  form.set(`article-${article.replace("0b", "0c")}`, "0");
  assert.deepEqual(orderFrom(form).lines, [{ variant_id: article, quantity: 2 }]);
  assert.equal(orderFrom(form).name, "Ada");
  form.set(`article-${article}`, "1.5");
  // No quantity that the database would take: it says what is wrong.
  assert.deepEqual(orderFrom(form).lines, [{ variant_id: article, quantity: 0 }]);
});

test("an emptied field is emptied, a secret left empty stays, a box left open is no", () => {
  const fields = [
    { name: "note", input: "text" },
    { name: "greeting", input: "long", empty: "" },
    { name: "channel_token", input: "secret" },
    { name: "is_pinned", input: "check" },
  ] as const;
  const checking = { text: en.list, locale: "en", currency: "EUR" } as const;
  assert.deepEqual(checkFields(fields, new FormData(), { ...checking, for: "change" }).row, {
    note: null,
    greeting: "",
    is_pinned: false,
  });
  assert.deepEqual(checkFields(fields, new FormData(), { ...checking, for: "add" }).row, {
    is_pinned: false,
  });
  const typed = new FormData();
  typed.set("channel_token", "x");
  typed.set("unknown", "y");
  const { row, values } = checkFields(fields, typed, { ...checking, for: "change" });
  assert.deepEqual([row.channel_token, values.channel_token, "unknown" in row], ["x", undefined, false]);
});

test("what does not fit a field is named beside it", () => {
  const fields = [
    { name: "email", input: "email" },
    { name: "latitude", input: "degrees", most: 90 },
    { name: "tax_rate_bp", input: "percent" },
    { name: "due_on", input: "day" },
    { name: "website", input: "url" },
    { name: "category_id", input: "row" },
    { name: "quantity", input: "change", required: true },
  ] as const;
  const form = new FormData();
  const bad: Record<string, string> = {
    email: "a@b",
    latitude: "90.1",
    tax_rate_bp: "100.01",
    due_on: "2026-02-31",
    website: "javascript:alert(1)",
    category_id: "1; drop table",
    quantity: "0",
  };
  for (const [name, value] of Object.entries(bad)) form.set(name, value);
  const checking = { text: en.list, locale: "en", currency: "EUR", for: "add" } as const;
  assert.deepEqual(Object.keys(checkFields(fields, form, checking).problems).sort(), Object.keys(bad).sort());
  const good: Record<string, string> = { latitude: "-6,2", tax_rate_bp: "19,5", quantity: "-3" };
  for (const [name, value] of Object.entries(good)) form.set(name, value);
  const { row } = checkFields(fields, form, checking);
  assert.deepEqual([row.latitude, row.tax_rate_bp, row.quantity], [-6.2, 1950, -3]);
});

test("a slug fits the database whatever the name is", () => {
  for (const name of ["Café Crème", "  --  ", "日本", "x".repeat(300), "<b>"]) {
    const slug = slugFrom(name);
    assert.match(slug, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok(slug.length <= 80);
  }
  assert.equal(slugFrom("Café Crème", "1"), "cafe-creme-1");
});

test("a file's name is no path and holds no control characters", () => {
  assert.equal(fileNameFrom("../../etc/passwd"), "passwd");
  assert.equal(fileNameFrom("C:\\x\\y\r\n.txt"), "y.txt");
  assert.equal(fileNameFrom("a/"), "");
  assert.equal([...fileNameFrom("é".repeat(400))].length, 255);
  assert.equal(mimeTypeFrom("TEXT/HTML; charset=utf-8"), "text/html");
  assert.equal(mimeTypeFrom("x\r\ny"), "application/octet-stream");
});

test("the map's middle is the frame's middle, also across the date line", () => {
  const centre = { latitude: 48.85, longitude: 2.35, zoom: 13 };
  assert.deepEqual(inFrame(centre, centre), { x: frame.width / 2, y: frame.height / 2 });
  const east = inFrame({ latitude: 48.85, longitude: 2.37 }, centre);
  const north = inFrame({ latitude: 48.86, longitude: 2.35 }, centre);
  assert.ok(east && east.x > frame.width / 2 && north && north.y < frame.height / 2);
  assert.equal(inFrame({ latitude: -48, longitude: 2.35 }, centre), undefined);
  const edge = { latitude: 0, longitude: 179.99, zoom: 10 };
  assert.ok((inFrame({ latitude: 0, longitude: -179.99 }, edge)?.x ?? 0) > frame.width / 2);
  assert.equal(inFrame({ latitude: 90, longitude: 0 }, centre), undefined);
  assert.match(
    openStreetMap(centre, 13, true),
    /^https:\/\/www\.openstreetmap\.org\/\?mlat=48\.85&mlon=2\.35#map=13\//,
  );
});

test("a value of the vault is read by its type and written as it is typed", () => {
  assert.deepEqual(vaultValueFrom("text", " x ", false), { value: "x" });
  assert.deepEqual(vaultValueFrom("number", "1.5", false), { value: 1.5 });
  assert.deepEqual(vaultValueFrom("boolean", "false", false), { value: false });
  assert.deepEqual(vaultValueFrom("coordinates", "48.85; 2.35", false), {
    value: { latitude: 48.85, longitude: 2.35, zoom: 13 },
  });
  assert.deepEqual(vaultValueFrom("json", '{"a":1}', false), { value: { a: 1 } });
  // A key of another service is any text.
  assert.deepEqual(vaultValueFrom("json", "sk-1", true), { value: "sk-1" });
  for (const [type, typed] of [
    ["number", "x"],
    ["number", ""],
    ["boolean", "yes"],
    ["coordinates", "91, 0"],
    ["coordinates", "1, 2, 3, 4"],
    ["json", "{"],
    ["json", "null"],
    ["url", "javascript:alert(1)"],
    ["email", "nobody"],
  ] as const) {
    assert.equal(vaultValueFrom(type, typed, false), undefined, `${type} ${typed}`);
  }
  const centre = { latitude: 1, longitude: 2, zoom: 3 };
  assert.deepEqual(vaultValueFrom("coordinates", vaultText("coordinates", centre), false), { value: centre });
  for (const key of ["ATOLL_INSTANCE_ID", "openai", "1A", "A B", ""]) assert.ok(!vaultKey.test(key), key);
  assert.ok(vaultKey.test("OPENAI_API_KEY"));
});

test("the vault's name and language count before the file's, as far as they are some", () => {
  const file = parseClientConfig({ client: { name: "File" }, locale: "fr" });
  const laid = (...entries: [string, unknown][]) => withVault(file, new Map(entries));
  assert.deepEqual([laid().client.name, laid().locale], ["File", "fr"]);
  assert.equal(laid(["APP_NAME", "Vault"]).client.name, "Vault");
  assert.equal(laid(["LOCALE", "id"]).locale, "id");
  for (const odd of ["  ", 7, null, { en: "x" }]) assert.equal(laid(["APP_NAME", odd]).client.name, "File");
  for (const odd of ["de", "", 7, null]) assert.equal(laid(["LOCALE", odd]).locale, "fr");
});

test("the public vault is read anew when it is old, and kept while its database is down", async () => {
  let rows: object[] = [{ key: "CONTACT_EMAIL", value: "a@b.test" }];
  let status = 200;
  let asked = 0;
  const server = createServer((_, answer) => {
    asked += 1;
    answer.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(rows));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    assert.deepEqual([...(await publicVault())], []); // nothing is set up yet
    process.env.NEXT_PUBLIC_SUPABASE_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens
    process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY = "sb_publishable_x";
    assert.equal(await contactEmail(), "a@b.test");
    await Promise.all([contactEmail(), publicVault()]);
    assert.equal(asked, 1);
    rows = [{ key: "CONTACT_EMAIL", value: "javascript:alert(1)" }];
    forgetPublicVault();
    assert.equal(await contactEmail(), undefined);
    status = 500;
    rows = [];
    forgetPublicVault();
    assert.deepEqual([...(await publicVault()).keys()], ["CONTACT_EMAIL"]);
    assert.equal(asked, 3);
  } finally {
    server.close();
  }
});
