import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Hono } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import type { GitRepository } from "./repository.ts";

/** A repository that somebody asks for over HTTP, and who hears of pushes to it. */
export interface Served {
  repository: GitRepository;
  pushed(branch: string, sha: string): void;
}

const services = ["git-upload-pack", "git-receive-pack"] as const;

function isService(name: string | undefined): name is (typeof services)[number] {
  return services.some((each) => each === name);
}

/** The password of HTTP's basic authentication: git sends the token there. */
function passwordOf(header: string | undefined): string | undefined {
  const basic = /^Basic (.+)$/i.exec(header ?? "")?.[1];
  if (basic !== undefined) return Buffer.from(basic, "base64").toString("utf8").split(":").slice(1).join(":");
  return /^(?:Bearer|token) (.+)$/i.exec(header ?? "")?.[1];
}

/** Runs one half of git's protocol on the request's body and gives its output as it comes. */
function speak(
  service: (typeof services)[number],
  args: string[],
  path: string,
  input: Readable | undefined,
  done?: () => void,
): ReadableStream {
  const child = spawn("git", [service.slice(4), "--stateless-rpc", ...args, path], {
    env: {
      PATH: process.env.PATH,
      HOME: "/nonexistent",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.on("error", () => {}); // git may hang up first
  if (input === undefined) child.stdin.end();
  else input.pipe(child.stdin);
  if (done !== undefined) child.on("close", done);
  return Readable.toWeb(child.stdout) as ReadableStream; // the web's stream type has two declarations
}

/** Clone, fetch and push over HTTP at `/{owner}/{repo}.git`, as the hosts offer it; `find` says what is there. */
export function gitHttp(
  token: string,
  find: (owner: string, repo: string) => Served | undefined,
): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  app.use(async (c, next) => {
    if (passwordOf(c.req.header("authorization")) !== token) {
      return c.text("Authentication required", 401, { "www-authenticate": 'Basic realm="git"' });
    }
    await next();
    return undefined;
  });

  const served = (owner: string, name: string) => find(owner, name.replace(/\.git$/, ""));

  app.get("/:owner/:name/info/refs", (c) => {
    const found = served(c.req.param("owner"), c.req.param("name"));
    const service = c.req.query("service");
    if (found === undefined) return c.text("Not Found", 404);
    if (!isService(service)) return c.text("Only the smart protocol is spoken here", 403);
    const line = `# service=${service}\n`;
    const head = `${(line.length + 4).toString(16).padStart(4, "0")}${line}0000`;
    const refs = speak(service, ["--advertise-refs"], found.repository.path, undefined);
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode(head));
        for await (const chunk of refs) controller.enqueue(chunk);
        controller.close();
      },
    });
    return c.body(body, 200, {
      "content-type": `application/x-${service}-advertisement`,
      "cache-control": "no-cache",
    });
  });

  app.post("/:owner/:name/:service", async (c) => {
    const found = served(c.req.param("owner"), c.req.param("name"));
    const service = c.req.param("service");
    if (found === undefined || !isService(service)) return c.text("Not Found", 404);
    c.set("write", service === "git-receive-pack");
    const raw: Readable = c.env.incoming;
    const input = c.req.header("content-encoding") === "gzip" ? raw.pipe(createGunzip()) : raw;
    const before = new Map((await found.repository.branches()).map(({ name, sha }) => [name, sha]));
    const tell = async () => {
      for (const { name, sha } of await found.repository.branches())
        if (before.get(name) !== sha) found.pushed(name, sha);
    };
    const output = speak(
      service,
      [],
      found.repository.path,
      input,
      service === "git-receive-pack" ? () => void tell() : undefined,
    );
    return c.body(output, 200, {
      "content-type": `application/x-${service}-result`,
      "cache-control": "no-cache",
    });
  });

  return app;
}
