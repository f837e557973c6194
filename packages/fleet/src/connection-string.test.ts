import { expect, test } from "vitest";
import { readConnection } from "./connection-string.ts";

test("a connection string is taken apart", () => {
  expect(
    readConnection("postgresql://postgres.abc:p%23%25%3F@DB.Example.com:6543/postgres?sslmode=require"),
  ).toEqual({
    host: "db.example.com",
    port: 6543,
    user: "postgres.abc",
    password: "p#%?",
    database: "postgres",
  });
  expect(readConnection("postgres://u:p@[::1]/d")).toMatchObject({ host: "::1", port: 5432 });
});

test.each([
  "postgresql://u:pass#word@h/d",
  "postgresql://u:pass?word@h/d",
  "postgresql://u:12?x@h/d",
  "postgresql://u:pass%word@h/d",
  "postgresql://u:p@h:99999/d",
  "postgresql://u:p@h:0/d",
  "postgresql://u@h/d",
  "postgresql://u:p@h/",
  "https://u:p@h/d",
  "",
])("%s is none", (text) => {
  expect(readConnection(text)).toBeUndefined();
});
