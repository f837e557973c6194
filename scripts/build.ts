// `npm run build`: builds the console where its build is missing or older than what it is made of.
import {
  existsSync,
  globSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";

const root = path.join(import.meta.dirname, "..");
const consoleFolder = path.join(root, "apps/console");
const dist = path.join(consoleFolder, "dist");
const sources = [
  "apps/console/{src,public}/**/*",
  "apps/console/{index.html,vite.config.ts,package.json}",
  "packages/{contract,core}/src/**/*.ts",
  "package-lock.json",
];

const changedMs = (file: string) => statSync(file).mtimeMs;

function isFresh(): boolean {
  const made = path.join(dist, "index.html");
  if (!existsSync(made)) return false;
  const builtMs = changedMs(made);
  return globSync(sources, { cwd: root }).every((file) => changedMs(path.join(root, file)) <= builtMs);
}

/** Beside each file its compressed forms, so that the hub sends them without work. */
function compress(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || !/\.(js|css|html|svg)$/.test(file)) continue;
    const content = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(content));
    writeFileSync(`${file}.gz`, gzipSync(content));
  }
}

if (!isFresh()) {
  console.log("Building the console …");
  // Whoever calls: a test runner's own setting would give React's slow development build.
  process.env.NODE_ENV = "production";
  // Made beside its place and moved there when it is whole: two builds at once do not mix.
  const making = path.join(consoleFolder, "node_modules", `.build-${process.pid}`);
  await build({ root: consoleFolder, logLevel: "warn", build: { outDir: making, emptyOutDir: true } });
  compress(making);
  rmSync(dist, { recursive: true, force: true });
  try {
    renameSync(making, dist);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    // Another build at the same moment was faster: it made the same.
    if (!isFresh()) throw error;
  }
}
