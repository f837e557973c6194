// Next leaves the browser's files beside the standalone server; it serves them only from inside its own folder.
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";

const server = ".next/standalone";
cpSync(".next/static", `${server}/.next/static`, { recursive: true });
if (existsSync("public")) cpSync("public", `${server}/public`, { recursive: true });
if (existsSync("client-config.json")) cpSync("client-config.json", `${server}/client-config.json`);

// Next also copies .env files there: a build that is handed on must not carry anybody's keys.
for (const name of [".env", ".env.local", ".env.production", ".env.production.local"]) {
  rmSync(`${server}/${name}`, { force: true });
}
if (!readFileSync(`${server}/server.js`, "utf8").includes("startServer")) {
  throw new Error("The build made no server: .next/standalone/server.js is not what it should be.");
}
