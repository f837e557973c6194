import fc from "fast-check";

/** Texts that break what takes them for code, a path, a number, or a name. */
const nasty = [
  "",
  " ",
  "\u0000",
  "'; drop table atoll.instances; --",
  "{{7*7}}<%= 7*7 %>",
  "<img src=x onerror=alert(1)>",
  "../../../../etc/passwd",
  "..\\..\\windows",
  "/etc/passwd",
  "$(touch atoll-was-here)",
  "`touch atoll-was-here`",
  "--upload-pack=touch atoll-was-here",
  "a\r\nX-Injected: yes",
  "%00%0d%0a%2e%2e%2f",
  "\ud800",
  "🦀".repeat(50),
  "\u202Eevil",
  "x".repeat(70_000),
  "__proto__",
  "constructor",
  "NaN",
  "-1",
  "1e999",
  "99999999999999999999",
  "2026-02-30T25:61:00Z",
  "http://169.254.169.254/latest/meta-data/",
  "file:///etc/passwd",
  "true",
  "null",
] as const;

/** Any text, often a nasty one. */
export const text = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...nasty) },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  );

/** Nested so deeply that whoever walks it by itself runs out of stack. */
const deep = fc
  .tuple(fc.integer({ min: 1, max: 20_000 }), fc.boolean())
  .map(([depth, isList]) =>
    isList ? `${"[".repeat(depth)}${"]".repeat(depth)}` : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`,
  );

/** Any value of JSON, with numbers, keys and shapes that nobody expects. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  text(),
  fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER + 2, [], {}),
  fc.jsonValue({ maxDepth: 4, stringUnit: "binary" }),
  fc.dictionary(text(), text(), { maxKeys: 4 }),
  fc.constant(Object.fromEntries(Array.from({ length: 2_000 }, (_, number) => [`k${number}`, number]))),
);

interface Shape {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Shape[];
  oneOf?: Shape[];
  properties?: Record<string, Shape>;
  items?: Shape;
  default?: unknown;
}

/** Values that a schema (JSON Schema) would take, or almost, with a hostile value in some place now and then. */
export function shaped(shape: Shape): fc.Arbitrary<unknown> {
  const right = (): fc.Arbitrary<unknown> => {
    const variants = shape.anyOf ?? shape.oneOf;
    if (variants !== undefined) return fc.oneof(...variants.map(shaped));
    if (shape.const !== undefined) return fc.constant(shape.const);
    if (shape.enum !== undefined) return fc.constantFrom(...shape.enum);
    const type = Array.isArray(shape.type) ? shape.type[0] : shape.type;
    if (type === "object")
      return fc.record(
        Object.fromEntries(
          Object.entries(shape.properties ?? {}).map(([name, each]) => [name, shaped(each)]),
        ),
        { requiredKeys: [] },
      );
    if (type === "array") return fc.array(shaped(shape.items ?? {}), { maxLength: 5 });
    if (type === "boolean") return fc.boolean();
    if (type === "integer" || type === "number") return fc.oneof(fc.integer(), fc.double());
    if (type === "string")
      return fc.oneof(
        fc.constantFrom("business", "a@b.example", "nobody", "https://a.example", "10"),
        text(),
      );
    return value;
  };
  return fc.oneof({ weight: 5, arbitrary: right() }, { weight: 1, arbitrary: value });
}

/** A body as it goes over the wire: JSON by a schema, any JSON, JSON that is broken, and what is none. */
export const bodies = (shape: Shape): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: shaped(shape).map((each) => JSON.stringify(each) ?? "") },
    { weight: 1, arbitrary: deep },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '{"a":1,"a":2}',
        '{"__proto__":{"role":"owner"},"role":"owner"}',
        '{"constructor":{"prototype":{"role":"owner"}}}',
        '{"a":1e400}',
        '{"a":"\\ud800"}',
        "{",
        "[1,]",
        "\uFEFF{}",
        "NaN",
        "<a/>",
        "a=1&b=2",
      ),
    },
  );

/** What a header may hold: any byte but those that end it. */
export const headerText = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(
      "x".repeat(9_000),
      "127.0.0.1",
      "::1, 10.0.0.1, evil.example",
      "evil.example",
      "localhost:1, evil",
      "Bearer",
      "Bearer ",
      `Bearer ${"a".repeat(5_000)}`,
      "Basic Og==",
      "bytes=0-,-1",
      "bytes=99999999999999999999-",
      'W/"*", *',
      'text/html; charset="',
      "multipart/form-data",
      "de;q=abc,*;q=-1",
      "=; ;;==; atoll.session_token=%E0%A4%A; atoll.session_token=a.b",
      `atoll.session_token=${"%".repeat(300)}`,
      "-1",
      "1e9",
      "null",
    ),
    fc
      .array(
        fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f),
        { maxLength: 60 },
      )
      .map((codes) => String.fromCharCode(...codes)),
  );

/** Headers that the hub, or something on the way, reads. */
export const headerNames = [
  "authorization",
  "cookie",
  "host",
  "origin",
  "sec-fetch-site",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "forwarded",
  "x-atoll-client-address",
  "if-match",
  "if-none-match",
  "idempotency-key",
  "last-event-id",
  "accept-language",
  "content-type",
  "accept",
  "range",
  "transfer-encoding",
] as const;
