import { Held } from "@atoll/core/fault";
import { describe, expect, test } from "vitest";
import { noLimits } from "./charges.ts";
import type { Governor } from "./governor.ts";
import { createHttp } from "./http.ts";
import { scripted } from "./testing/scripted.ts";

type Heard = Parameters<Awaited<ReturnType<Governor["admit"]>>>[0];

const held = () => new Held({ what: "Wait.", next: "Nothing.", why: "waits", untilMs: 1 });

/** A client whose governor notes what it is told, and lets through as `admits` says. */
function governed(
  answer: Parameters<typeof scripted>[0],
  {
    admits = () => true,
    silent = false,
    explain,
  }: { admits?: (tries: number) => boolean; silent?: boolean; explain?: () => never } = {},
) {
  const { fetch, calls } = scripted(answer);
  const heard: Heard[] = [];
  let tries = 0;
  const governor: Governor = {
    async admit() {
      if (!admits(tries++)) throw held();
      return (each) => {
        heard.push(each);
        return silent ? held() : undefined;
      };
    },
  };
  const http = createHttp({
    provider: "Test",
    baseUrl: "https://test.example",
    fetch,
    governor,
    limits: noLimits,
    ...(explain && { explain }),
    clock: { now: () => 0, sleep: async () => {} },
  });
  return { http, calls, heard };
}

describe("a governed call", () => {
  test("that may not go is not sent", async () => {
    const { http, calls } = governed(() => ({ body: {} }), { admits: () => false });
    await expect(http.get("/things")).rejects.toBeInstanceOf(Held);
    expect(calls).toEqual([]);
  });

  test("that is refused waits for its turn again, with the others", async () => {
    let answers = 0;
    const { http, heard } = governed(() =>
      answers++ === 0 ? { status: 429, body: {}, headers: { "retry-after": "7" } } : { body: { ok: true } },
    );
    expect(await http.post("/things", { body: {} })).toEqual({ ok: true });
    expect(heard).toMatchObject([
      { status: 429, limited: true, waitMs: 7_000 },
      { status: 200, limited: false },
    ]);
  });

  test("that is refused again and again is held, and no fault of the run", async () => {
    const { http } = governed(() => ({ status: 429, body: {} }));
    await expect(http.post("/things", { body: {} })).rejects.toBeInstanceOf(Held);
  });

  test("whose answer nobody can read gives its place back all the same", async () => {
    const { http, heard } = governed(() => ({ status: 400, body: { message: "odd" } }), {
      explain: () => {
        throw new TypeError("message.includes is no function");
      },
    });
    await expect(http.get("/things")).rejects.toBeInstanceOf(TypeError);
    expect(heard).toHaveLength(1);
  });

  test("to a provider that answers nobody is held where it may be repeated, and in doubt where not", async () => {
    const { http, calls } = governed(() => ({ status: 503, body: {} }), { silent: true });
    await expect(http.get("/things")).rejects.toBeInstanceOf(Held);
    expect(calls).toHaveLength(1);
    await expect(http.post("/things", { body: {} })).rejects.toMatchObject({ kind: "outcome-unknown" });
  });
});
