import { Fault } from "@atoll/core/fault";
import pg from "pg";
import { expect, test } from "vitest";
import { isLost } from "./database.ts";
import { passing } from "./report.ts";

const lost = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });

test("a database that was away for a moment is waited for, whoever's connection met it", () => {
  expect(passing(lost)).toMatchObject({ kind: "try-again" });
  const starting = new pg.DatabaseError("the database system is starting up", 1, "error");
  starting.code = "57P03";
  expect(passing(starting)).toMatchObject({ kind: "try-again" });
});

test("a bug, a refusal and a wrong statement are none of that", () => {
  const wrong = new pg.DatabaseError("column does not exist", 1, "error");
  wrong.code = "42703";
  const refusal = new Fault("rejected", { what: "No.", next: "Nothing." });
  for (const error of [new TypeError("x is not a function"), wrong, refusal]) {
    expect(passing(error)).toBe(error);
    expect(isLost(error)).toBe(false);
  }
});
