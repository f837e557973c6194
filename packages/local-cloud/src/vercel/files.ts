import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Hono } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import { refuse } from "./answers.ts";
import type { World } from "./world.ts";

const largestBytes = 100 * 1024 * 1024;

/** Keeps content under its SHA-1 and gives that. */
export function keepFile(filesDir: string, data: Uint8Array): string {
  const sha = createHash("sha1").update(data).digest("hex");
  const file = path.join(filesDir, sha);
  if (!existsSync(file)) {
    mkdirSync(filesDir, { recursive: true });
    const making = `${file}.${process.pid}.${performance.now()}`;
    writeFileSync(making, data);
    renameSync(making, file);
  }
  return sha;
}

/** `POST /v2/files`: content is uploaded once and named by its hash afterwards. */
export function fileRoutes({ filesDir }: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  app.post("/v2/files", async (c) => {
    const digest = c.req.header("x-vercel-digest") ?? c.req.header("x-now-digest");
    const data = new Uint8Array(await c.req.arrayBuffer());
    if (data.byteLength > largestBytes)
      return refuse(c, 400, "size_limit_exceeded", "File size limit exceeded (100 MB).");
    if (digest === undefined || createHash("sha1").update(data).digest("hex") !== digest)
      return refuse(c, 400, "forbidden_digest", "Digest is not valid: it has to be the SHA-1 of the body.");
    keepFile(filesDir, data);
    return c.json({ urls: [] });
  });

  return app;
}
