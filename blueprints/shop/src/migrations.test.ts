import { randomUUID } from "node:crypto";
import { databaseColumns } from "@atoll/blueprint-kit/testing/columns";
import { testProject } from "@atoll/blueprint-kit/testing/project";
import { vaultRights } from "@atoll/blueprint-kit/testing/vault";
import { workflowFrom } from "@atoll/blueprint-kit/workflow-file";
import { schema } from "@atoll/fleet/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { migrations, seedFor } from "./migrations.ts";
import { workflowModules } from "./modules.ts";
import { workflows } from "./workflows.ts";

const tables = `categories customers notifications order_lines orders product_variants products shop_settings
stock_levels stock_movements users`.split(/\s+/);
const ledger = "('schema_migrations', 'schema_version', 'instance_config', 'instance_config_log')";
const hostile = "O'Neill \"& Söns\"\\'; drop table public.users; -- $$ 🦀";
const denied = "permission denied";
const places = {
  slug: "",
  supabaseUrl: "",
  webhookPath: "",
  webhookUrl: "",
  mail: { apiUrl: "", from: "" },
  social: { apiUrl: "" },
  bot: { apiUrl: "" },
  credentials: {},
};

const { as, asAuth, asOwner } = await testProject();
const at = { instance: "a0000000000000000000", name: "schema", within: "ref" };
const resource = schema({ connect: async () => ({ query: (sql) => asOwner(sql), close: async () => {} }) });

async function addUser(email: string, metadata: object): Promise<string> {
  const id = randomUUID();
  // In two statements, as Auth does it.
  await asAuth("insert into auth.users (id, email) values ($1, $2)", [id, email]);
  await asAuth("update auth.users set raw_app_meta_data = $2 where id = $1", [id, metadata]);
  return id;
}

const one = async (sql: string, parameters: unknown[] = []): Promise<string> =>
  String(Object.values((await asOwner(sql, parameters))[0] ?? {})[0]);

/** One caller by name: "shopper" (signed up alone), "temporary" (an admin who still has the mailed password). */
type Who = "anon" | "shopper" | "temporary" | "staff" | "admin" | "service";
const people: Partial<Record<Who, string>> = {};

function by(who: Who, sql: string, parameters: unknown[] = []) {
  if (who === "anon") return as("anon", undefined, sql, parameters);
  if (who === "service") return as("service_role", undefined, sql, parameters);
  const claims = who === "temporary" ? { app_metadata: { must_change_password: true } } : {};
  return as("authenticated", people[who], sql, parameters, claims);
}

/** How many rows each gets; 0 stands for nothing, "denied" for a refusal. */
async function sees(sql: string): Promise<Record<Who, number | "denied">> {
  const all: Who[] = ["anon", "shopper", "temporary", "staff", "admin", "service"];
  const count = async (who: Who) => {
    try {
      return (await by(who, sql)).length;
    } catch (error) {
      expect(String(error)).toContain(denied);
      return "denied" as const;
    }
  };
  const found = await Promise.all(all.map(async (who) => [who, await count(who)] as const));
  return Object.fromEntries(found) as Record<Who, number | "denied">; // one entry for each of `all`
}

interface Article {
  product: string;
  variant: string;
  sku: string;
}
let articles = 0;

/** An article of its own with some stock. */
async function article(stock: number, options: { price?: number; status?: string } = {}): Promise<Article> {
  articles += 1;
  const sku = `SKU-${articles}`;
  const product = await one(
    "insert into public.products (name, slug, status) values ($1, $2, $3) returning id",
    [`Thing ${articles}`, `thing-${articles}`, options.status ?? "published"],
  );
  const variant = await one(
    "insert into public.product_variants (product_id, sku, price_minor, currency) values ($1, $2, $3, 'IDR') returning id",
    [product, sku, options.price ?? 1500],
  );
  if (stock > 0) await by("staff", "select public.adjust_stock($1, $2, 'received')", [variant, stock]);
  return { product, variant, sku };
}

interface Wanted {
  who?: Who;
  request?: string;
  name?: string;
  email?: string;
  address?: string;
}

async function order(lines: unknown, wanted: Wanted = {}): Promise<Record<string, unknown>> {
  const {
    who = "anon",
    request = randomUUID(),
    name = "Ana",
    email = "ana@x.test",
    address = "Here 1",
  } = wanted;
  const sql = "select * from public.place_order($1, $2, $3, $4, $5)";
  const [row] = await by(who, sql, [request, name, email, address, JSON.stringify(lines)]);
  return row ?? {};
}

const line = ({ variant }: Article, quantity: number) => ({ variant_id: variant, quantity });
const stockOf = async ({ variant }: Article) =>
  Number(await one("select quantity from public.stock_levels where variant_id = $1", [variant]));
const setStatus = (who: Who, number: unknown, status: string) =>
  by(who, "update public.orders set status = $2 where number = $1 returning status", [number, status]);

beforeAll(async () => {
  const seed = seedFor({ name: hostile, adminEmail: "admin@a.test", locale: "id", currency: "IDR" });
  await resource.apply({ at, want: { migrations, seed }, live: undefined, changes: [] });
  people.admin = await addUser("admin@a.test", { role: "admin" });
  people.temporary = await addUser("temporary@a.test", { role: "admin", must_change_password: true });
  people.staff = await addUser("staff@a.test", { role: "staff" });
  people.shopper = await addUser("shopper@d.test", { provider: "email" });
});

describe("the catalog of the database", () => {
  test("holds exactly these tables, each under row security with a policy and updated_at", async () => {
    const found = await asOwner(
      `select relname, relrowsecurity, (select count(*) from pg_policy where polrelid = c.oid)::int as policies,
         exists (select from pg_trigger where tgrelid = c.oid and tgname = 'touch_updated_at') as touched
       from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not in ${ledger} order by 1`,
    );
    expect(found.map(({ relname }) => relname)).toEqual(tables);
    for (const { relname, relrowsecurity, policies, touched } of found) {
      expect([relrowsecurity, touched], String(relname)).toEqual([true, true]);
      expect(policies, String(relname)).toBeGreaterThan(0);
    }
  });

  test("has an index for each foreign key", async () => {
    const bare = await asOwner(
      `select conrelid::regclass::text as "table", conname from pg_constraint c
       where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
         select from pg_index i where i.indrelid = c.conrelid and i.indpred is null
           and (select array_agg(k order by k) from unnest((i.indkey::int2[])[0:cardinality(c.conkey) - 1]) k)
             = (select array_agg(k order by k) from unnest(c.conkey) k))`,
    );
    expect(bare).toEqual([]);
  });

  test("gives every function a fixed search path, and runs none for everybody", async () => {
    const loose = await asOwner(
      `select proname from pg_proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
       and (not coalesce('search_path=""' = any(proconfig), false)
         or exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0))`,
    );
    expect(loose).toEqual([]);
  });

  test("lets anon read the shop and run two functions, and nothing more", async () => {
    const grants = await asOwner(
      `select distinct table_name, privilege_type from information_schema.column_privileges
       where table_schema = 'public' and table_name not in ${ledger} and grantee in ('anon', 'PUBLIC') order by 1`,
    );
    expect(grants).toEqual(
      ["categories", "product_variants", "products", "shop_settings"].map((table_name) => ({
        table_name,
        privilege_type: "SELECT",
      })),
    );
    const runs = await asOwner(
      `select proname from pg_proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
       and has_function_privilege('anon', oid, 'execute') order by 1`,
    );
    expect(runs).toEqual([{ proname: "order_status" }, { proname: "place_order" }]);
  });
});

describe("who sees what", () => {
  test("the shop itself: everybody", async () => {
    expect(await sees("select name, currency from public.shop_settings")).toEqual({
      anon: 1,
      shopper: 1,
      temporary: 1,
      staff: 1,
      admin: 1,
      service: 1,
    });
  });

  test("goods: everybody what is published, the shop's people all", async () => {
    const ids = [
      await article(2),
      await article(2, { status: "draft" }),
      await article(2, { status: "archived" }),
    ];
    const inactive = await article(2);
    await by("staff", "update public.product_variants set is_active = false where id = $1", [
      inactive.variant,
    ]);
    const list = (values: string[]) => `('${values.join("','")}')`;
    const seen = { anon: 1, shopper: 1, temporary: 1, staff: 3, admin: 3, service: 3 };
    expect(
      await sees(`select * from public.products where id in ${list(ids.map(({ product }) => product))}`),
    ).toEqual(seen);
    const variants = list([...ids, inactive].map(({ variant }) => variant));
    expect(await sees(`select * from public.product_variants where id in ${variants}`)).toEqual({
      ...seen,
      staff: 4,
      admin: 4,
      service: 4,
    });
  });

  test.each(["stock_levels", "stock_movements", "customers", "order_lines"])(
    "%s: the shop's people",
    async (table) => {
      const goods = await article(9);
      await order([line(goods, 1)], { email: `${table.replace("_", ".")}@x.test` });
      const seen = await sees(`select 1 from public.${table}`);
      expect(seen).toMatchObject({ anon: "denied", shopper: 0, temporary: 0 });
      for (const who of ["staff", "admin", "service"] as const) expect(seen[who]).toBeGreaterThan(0);
    },
  );

  test("orders: the shop's people, without the visitor's token", async () => {
    await order([line(await article(1), 1)]);
    const seen = await sees("select id, number, status from public.orders");
    expect(seen).toMatchObject({ anon: "denied", shopper: 0, temporary: 0 });
    expect(seen.staff).toBeGreaterThan(0);
    for (const column of ["token", "request_id", "*"])
      await expect(by("admin", `select ${column} from public.orders`), column).rejects.toThrow(denied);
  });

  test("people: the admin all, everybody themselves", async () => {
    expect(await sees("select id from public.users")).toEqual({
      anon: "denied",
      shopper: 1,
      temporary: 1,
      staff: 1,
      admin: 4,
      service: 4,
    });
  });

  test("notifications: whose they are", async () => {
    for (const who of ["staff", "shopper"] as const)
      await by("service", "insert into public.notifications (user_id, title) values ($1, 'x')", [
        people[who],
      ]);
    expect(await sees("select id from public.notifications")).toEqual({
      anon: "denied",
      shopper: 0,
      temporary: 0,
      staff: 1,
      admin: 0,
      service: 2,
    });
    const forged = by("admin", "insert into public.notifications (user_id, title) values ($1, 'x')", [
      people.staff,
    ]);
    await expect(forged).rejects.toThrow(denied);
  });

  test("the vault's public keys: everybody; its secrets: the service role", async () => {
    await by(
      "service",
      `insert into public.instance_config (key, value, is_secret)
       values ('CITY_NAME', '"Here"', false), ('PAYMENT_KEY', '"canary"', true)`,
    );
    for (const who of ["anon", "admin"] as const)
      expect(await by(who, "select key from public.instance_config")).toEqual([{ key: "CITY_NAME" }]);
  });
});

vaultRights(by, {
  admin: "admin",
  others: ["shopper", "temporary", "staff"],
  anon: "anon",
  service: "service",
});

describe("who changes what", () => {
  const outsiders = ["anon", "shopper", "temporary"] as const;
  const changes = (who: Who, sql: string, parameters: unknown[] = []) =>
    by(who, `${sql} returning 1 as done`, parameters).then(
      (rows) => rows.length > 0,
      (error: Error) => {
        expect(error.message, `${who}: ${sql}`).toMatch(/permission denied|row-level security/);
        return false;
      },
    );

  test("the settings: the admin", async () => {
    const sql = "update public.shop_settings set hold_hours = 48";
    expect(await changes("admin", sql)).toBe(true);
    for (const who of [...outsiders, "staff"] as const) expect(await changes(who, sql), who).toBe(false);
    for (const other of [
      "delete from public.shop_settings",
      "insert into public.shop_settings (name) values ('x')",
    ])
      expect(await changes("admin", other)).toBe(false);
  });

  test("the catalog: staff; only the admin removes from it", async () => {
    const slug = () => `c-${randomUUID().slice(0, 8)}`;
    const { product, variant } = await article(1);
    const writes: [string, () => unknown[]][] = [
      ["insert into public.categories (name, slug) values ('Shirts', $1)", () => [slug()]],
      ["insert into public.products (name, slug) values ('Shirt', $1)", () => [slug()]],
      ["update public.products set name = 'Other' where id = $1", () => [product]],
      [
        `insert into public.product_variants (product_id, sku, price_minor, currency) values ('${product}', $1, 1, 'IDR')`,
        () => [slug()],
      ],
      ["update public.product_variants set price_minor = 2 where id = $1", () => [variant]],
      ["update public.stock_levels set low_at = 1 where variant_id = $1", () => [variant]],
    ];
    for (const [sql, parameters] of writes) {
      for (const who of outsiders) expect(await changes(who, sql, parameters()), sql).toBe(false);
      for (const who of ["staff", "admin"] as const)
        expect(await changes(who, sql, parameters()), sql).toBe(true);
    }
    const remove = "delete from public.products where id = $1";
    for (const who of [...outsiders, "staff"] as const)
      expect(await changes(who, remove, [product]), who).toBe(false);
    expect(await changes("admin", remove, [product])).toBe(true);
  });

  test("stock: nobody but through a function, the service role neither", async () => {
    const { variant } = await article(5);
    for (const who of [...outsiders, "staff", "admin", "service"] as const)
      for (const sql of [
        "update public.stock_levels set quantity = 100 where variant_id = $1",
        "update public.product_variants set in_stock = false where id = $1",
        "insert into public.stock_movements (variant_id, quantity, reason, stock_after) values ($1, 1, 'received', 9)",
        "delete from public.stock_movements where variant_id = $1",
      ])
        expect(await changes(who, sql, [variant]), `${who}: ${sql}`).toBe(false);
    for (const who of outsiders)
      await expect(by(who, "select public.adjust_stock($1, 1, 'received')", [variant]), who).rejects.toThrow(
        /Only the shop|permission denied/,
      );
  });

  test("orders and customers: staff their state and contact, never their sums", async () => {
    const { number } = await order([line(await article(2), 1)], { email: "kim@x.test" });
    for (const who of outsiders) {
      expect(await changes(who, "update public.orders set note = 'x' where number = $1", [number])).toBe(
        false,
      );
      expect(await changes(who, "update public.customers set notes = 'x'")).toBe(false);
    }
    expect(await changes("staff", "update public.orders set note = 'x' where number = $1", [number])).toBe(
      true,
    );
    expect(await changes("staff", "update public.customers set notes = 'x'")).toBe(true);
    for (const sql of [
      "update public.orders set total_minor = 0",
      "update public.orders set paid_at = now()",
      "update public.orders set email = 'me@x.test'",
      "update public.order_lines set unit_price_minor = 0",
      "delete from public.orders",
      "delete from public.order_lines",
      "insert into public.order_lines (order_id, sku, product_name, variant_name, quantity, unit_price_minor) select id, '', '', '', 1, 1 from public.orders",
    ])
      expect(await changes("admin", sql), sql).toBe(false);
  });

  test("people: their own name, nobody a role", async () => {
    expect(
      await changes("staff", "update public.users set full_name = 'Me' where id = $1", [people.staff]),
    ).toBe(true);
    expect(
      await changes("admin", "update public.users set full_name = 'x' where id = $1", [people.staff]),
    ).toBe(false);
    for (const who of ["admin", "staff", "shopper"] as const)
      for (const column of ["role = 'admin'", "password_changed_at = now()"])
        expect(await changes(who, `update public.users set ${column} where id = $1`, [people[who]])).toBe(
          false,
        );
  });
});

describe("an order", () => {
  test("is placed by a visitor: prices from the catalog, stock lowered, names and prices of the day kept", async () => {
    const shirt = await article(5, { price: 120_000 });
    const cap = await article(3, { price: 50_000 });
    const placed = await order([line(shirt, 2), line(cap, 1), line(shirt, 1)], { name: hostile });
    expect(placed).toMatchObject({ status: "placed", currency: "IDR", total_minor: "410000" });
    expect([await stockOf(shirt), await stockOf(cap)]).toEqual([2, 2]);
    await by("staff", "update public.product_variants set price_minor = 1 where id = $1", [shirt.variant]);
    const view = "select * from public.order_status($1, $2)";
    const [seen] = await by("anon", view, [placed.number, placed.token]);
    expect(seen).toMatchObject({ status: "placed", total_minor: "410000" });
    expect(seen?.lines).toEqual([
      { name: expect.any(String), variant: "", quantity: 3, amount_minor: 360_000 },
      { name: expect.any(String), variant: "", quantity: 1, amount_minor: 50_000 },
    ]);
    expect(await by("anon", view, [placed.number, randomUUID()])).toEqual([]);
    const [stored] = await asOwner("select name from public.orders where number = $1", [placed.number]);
    expect(stored).toEqual({ name: hostile });
  });

  test("sent twice, one after the other or at once, is placed once", async () => {
    const goods = await article(10);
    const request = randomUUID();
    const answers = await Promise.all(Array.from({ length: 6 }, () => order([line(goods, 2)], { request })));
    answers.push(await order([line(goods, 2)], { request }));
    expect(new Set(answers.map(({ number }) => number)).size).toBe(1);
    expect(new Set(answers.map(({ token }) => token)).size).toBe(1);
    expect(await stockOf(goods)).toBe(8);
  });

  test("never sells more than there is, however many buy at once", async () => {
    const goods = await article(7);
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, n) => order([line(goods, 1)], { email: `buyer${n}@x.test` })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(7);
    for (const result of results)
      if (result.status === "rejected")
        expect(result.reason).toMatchObject({ message: "out_of_stock", detail: goods.sku, code: "23514" });
    expect(await stockOf(goods)).toBe(0);
    const [sums] = await asOwner(
      `select sum(quantity)::int as left, (select sum(quantity)::int from public.order_lines where variant_id = $1) as sold,
       (select in_stock from public.product_variants where id = $1) as in_stock
       from public.stock_movements where variant_id = $1`,
      [goods.variant],
    );
    expect(sums).toEqual({ left: 0, sold: 7, in_stock: false });
  });

  test("of several articles in any order never waits in a circle, with goods coming and going back meanwhile", async () => {
    const [a, b, c] = [await article(40), await article(40), await article(40)];
    const first = await order([line(a, 1), line(b, 1), line(c, 1)]);
    const jobs = Array.from({ length: 24 }, (_, n) => {
      const lines = [line(a, 1), line(b, 1), line(c, 1)];
      return order(n % 2 ? lines : lines.reverse(), { email: `many${n}@x.test` });
    });
    await Promise.all([
      ...jobs,
      setStatus("staff", first.number, "cancelled"),
      by("staff", "select public.adjust_stock($1, -3, 'damaged')", [b.variant]),
      by("service", "select public.cancel_unpaid_orders()"),
    ]);
    expect([await stockOf(a), await stockOf(b), await stockOf(c)]).toEqual([16, 13, 16]);
  });

  test("that cannot be filled leaves nothing behind", async () => {
    const [plenty, few] = [await article(9), await article(1)];
    const count = () => one("select count(*) from public.orders");
    const before = await count();
    await expect(order([line(plenty, 3), line(few, 2)], { email: "gone@x.test" })).rejects.toThrow(
      "out_of_stock",
    );
    expect(await count()).toBe(before);
    expect([await stockOf(plenty), await stockOf(few)]).toEqual([9, 1]);
    expect(await asOwner("select id from public.customers where email = 'gone@x.test'")).toEqual([]);
  });

  test.each([
    ["no lines", "lines_invalid", []],
    ["no list", "lines_invalid", { variant_id: 1 }],
    ["nothing", "lines_invalid", null],
    ["no quantity", "lines_invalid", [{ variant_id: randomUUID() }]],
    ["zero", "lines_invalid", [{ variant_id: randomUUID(), quantity: 0 }]],
    ["less than nothing", "lines_invalid", [{ variant_id: randomUUID(), quantity: -3 }]],
    ["a part", "lines_invalid", [{ variant_id: randomUUID(), quantity: 1.5 }]],
    ["too many", "lines_invalid", [{ variant_id: randomUUID(), quantity: 100 }]],
    ["a text as quantity", "lines_invalid", [{ variant_id: randomUUID(), quantity: "1" }]],
    ["no id", "lines_invalid", [{ variant_id: "x' or true --", quantity: 1 }]],
    ["no object", "lines_invalid", [7]],
    [
      "51 lines",
      "lines_invalid",
      Array.from({ length: 51 }, () => ({ variant_id: randomUUID(), quantity: 1 })),
    ],
    ["an unknown article", "not_for_sale", [{ variant_id: randomUUID(), quantity: 1 }]],
  ])("of %s is refused: %s", async (_, message, lines) => {
    await expect(order(lines)).rejects.toThrow(message);
  });

  test("of what is not sold is refused, as if it were not there", async () => {
    const draft = await article(5, { status: "draft" });
    const good = await article(5);
    await expect(order([line(good, 1), line(draft, 1)])).rejects.toMatchObject({
      message: "not_for_sale",
      detail: undefined,
    });
    expect([await stockOf(draft), await stockOf(good)]).toEqual([5, 5]);
  });

  test("brings no price of its own", async () => {
    const goods = await article(5, { price: 700 });
    const forged = { ...line(goods, 1), price_minor: 1, unit_price_minor: 1 };
    expect(await order([forged])).toMatchObject({ total_minor: "700" });
  });

  test.each([
    ["name_invalid", { name: "  " }],
    ["name_invalid", { name: "x".repeat(201) }],
    ["email_invalid", { email: "nobody" }],
    ["email_invalid", { email: "a@b.test\nBcc: c@d.test" }],
    ["address_invalid", { address: "" }],
  ])("with nonsense is refused: %s", async (message, wanted) => {
    await expect(order([line(await article(1), 1)], wanted)).rejects.toThrow(message);
  });

  test("under somebody else's address changes nothing of theirs", async () => {
    await order([line(await article(1), 1)], { email: "Lea@x.test", name: "Lea" });
    await order([line(await article(1), 1)], { email: "lea@X.test", name: "Mallory" });
    expect(await asOwner("select name from public.customers where email = 'lea@x.test'")).toEqual([
      { name: "Lea" },
    ]);
  });

  test("is refused while the shop takes none", async () => {
    const goods = await article(1);
    await by("admin", "update public.shop_settings set takes_orders = false");
    await expect(order([line(goods, 1)])).rejects.toThrow("shop_closed");
    await by("admin", "update public.shop_settings set takes_orders = true");
    expect(await order([line(goods, 1)], { who: "shopper" })).toMatchObject({ status: "placed" });
  });

  test("goes its way and no other; cancelled, its goods come back, once", async () => {
    const goods = await article(4);
    const { number } = await order([line(goods, 3)]);
    await expect(setStatus("staff", number, "sent")).rejects.toThrow("cannot go from placed to sent");
    await expect(setStatus("staff", number, "stolen")).rejects.toThrow("cannot go");
    expect(await setStatus("service", number, "paid")).toEqual([{ status: "paid" }]);
    await Promise.allSettled([1, 2, 3].map(() => setStatus("staff", number, "cancelled")));
    expect(await stockOf(goods)).toBe(4);
    expect(await setStatus("staff", number, "cancelled")).toEqual([{ status: "cancelled" }]);
    expect(await stockOf(goods)).toBe(4);
    await expect(setStatus("staff", number, "placed")).rejects.toThrow("cannot go");
    expect(await setStatus("shopper", number, "placed")).toEqual([]);
  });

  test("that nobody paid in time is cancelled by the automation alone", async () => {
    const goods = await article(2);
    const [old, young] = [await order([line(goods, 1)]), await order([line(goods, 1)])];
    await asOwner("update public.orders set created_at = now() - interval '3 days' where number = $1", [
      old.number,
    ]);
    for (const who of ["anon", "staff", "admin"] as const)
      await expect(by(who, "select public.cancel_unpaid_orders()"), who).rejects.toThrow(denied);
    expect(await by("service", "select public.cancel_unpaid_orders() as n")).toEqual([{ n: 1 }]);
    const states = "select status from public.orders where number = any($1) order by number";
    expect(await asOwner(states, [[old.number, young.number]])).toEqual([
      { status: "cancelled" },
      { status: "placed" },
    ]);
    expect(await stockOf(goods)).toBe(1);
  });
});

describe("stock", () => {
  test("is changed by staff for a reason, and each change is kept with who made it", async () => {
    const goods = await article(0);
    const adjust = "select public.adjust_stock($1, $2, $3, $4) as now";
    expect(await by("staff", adjust, [goods.variant, 10, "received", hostile])).toEqual([{ now: 10 }]);
    expect(await by("staff", adjust, [goods.variant, -4, "damaged", null])).toEqual([{ now: 6 }]);
    for (const [quantity, reason, message] of [
      [-7, "damaged", "out_of_stock"],
      [0, "counted", "out_of_stock"],
      [2_000_000_000, "received", "out_of_stock"],
      [1, "sold", "Give as the reason"],
      [null, "received", "Give a quantity"],
    ])
      await expect(by("staff", adjust, [goods.variant, quantity, reason, null])).rejects.toThrow(
        String(message),
      );
    await expect(by("staff", adjust, [randomUUID(), 1, "received", null])).rejects.toThrow("no such variant");
    const kept =
      "select quantity, stock_after, created_by from public.stock_movements where variant_id = $1 order by id";
    expect(await by("staff", kept, [goods.variant])).toEqual([
      { quantity: 10, stock_after: 10, created_by: people.staff },
      { quantity: -4, stock_after: 6, created_by: people.staff },
    ]);
  });

  test("that runs low is listed for the shop's people", async () => {
    const [low, high] = [await article(3), await article(4)];
    for (const who of ["staff", "service"] as const) {
      const listed = (await by(who, "select sku from public.low_stock()")).map(({ sku }) => sku);
      expect(listed).toContain(low.sku);
      expect(listed).not.toContain(high.sku);
    }
    expect(await by("shopper", "select sku from public.low_stock()")).toEqual([]);
    await expect(by("anon", "select sku from public.low_stock()")).rejects.toThrow(denied);
  });
});

test.each([
  "categories (name, slug) values (' ', 'a')",
  "categories (name, slug) values ('x', '../x')",
  "products (name, slug) values ('', 'b')",
  "products (name, slug, image_url) values ('x', 'c', 'javascript:alert(1)')",
  "products (name, slug, status) values ('x', 'd', 'sold')",
  "product_variants (product_id, sku, price_minor, currency) select id, 'E', -1, 'IDR' from public.products",
  "product_variants (product_id, sku, price_minor, currency) select id, 'F', 1, 'rupiah' from public.products",
  "product_variants (product_id, sku, price_minor, currency) select id, '', 1, 'IDR' from public.products",
  "customers (email, name) values ('nobody', 'x')",
  "customers (email, name) values ('Big@x.test', 'x')",
  "stock_movements (variant_id, quantity, reason, stock_after) select id, 0, 'received', 0 from public.product_variants",
])("nonsense is refused whoever writes it: %s", async (rest) => {
  await article(0);
  await expect(asOwner(`insert into public.${rest}`)).rejects.toThrow("check constraint");
});

test("stock below nothing is refused whoever writes it", async () => {
  await article(1);
  await expect(asOwner("update public.stock_levels set quantity = -1")).rejects.toThrow(
    "stock_is_not_negative",
  );
});

describe("people", () => {
  test("follow what Auth says of them; what they write about themselves counts for nothing", async () => {
    const id = await addUser("later@a.test", { role: "staff" });
    const now = () => asOwner("select role, email from public.users where id = $1", [id]);
    await asAuth("update auth.users set raw_user_meta_data = $2 where id = $1", [id, { role: "admin" }]);
    await asAuth("update auth.users set email = 'new@a.test' where id = $1", [id]);
    expect(await now()).toEqual([{ role: "staff", email: "new@a.test" }]);
    await asAuth("update auth.users set raw_app_meta_data = $2 where id = $1", [id, { role: "owner" }]);
    expect(await now()).toMatchObject([{ role: null }]);
    await asAuth("delete from auth.users where id = $1", [id]);
    expect(await now()).toEqual([]);
  });

  test("with a password that came by mail have no role, until Auth says that it was changed", async () => {
    expect(await by("temporary", "select private.my_role() as role")).toEqual([{ role: null }]);
    await asAuth("update auth.users set encrypted_password = 'other' where id = $1", [people.temporary]);
    expect(await by("temporary", "select private.my_role() as role")).toEqual([{ role: "admin" }]);
  });
});

test("the workflows speak of tables, columns and functions that are there", async () => {
  const columns = await asOwner(
    "select table_name, column_name from information_schema.columns where table_schema = 'public'",
  );
  const known = new Set(columns.map((row) => `${row.table_name}.${row.column_name}`));
  const made = workflowModules.map((module) => workflowFrom(workflows[module].file, places).workflow);
  const named = made.flatMap(databaseColumns);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((each) => !known.has(each))).toEqual([]);
  const functions = [...JSON.stringify(made).matchAll(/\/rpc\/(\w+)/g)].map(([, name]) => name);
  const allowed = await asOwner(
    `select proname from pg_proc where pronamespace = 'public'::regnamespace and proname = any($1)
     and has_function_privilege('service_role', oid, 'execute')`,
    [functions],
  );
  expect(allowed.map(({ proname }) => proname).sort()).toEqual([...functions].sort());
});

test("the schema is ours, complete and answers its probe", async () => {
  const seen = await resource.observe(at);
  if (seen.is !== "present") throw new Error(seen.is);
  expect(seen.owner).toBe("us");
  expect(resource.compare({ migrations }, seen.attrs)).toEqual([]);
  expect(await resource.probe?.(seen.attrs)).toEqual([]);
});
