// The project's parts as a CycloneDX document, made by npm from the lock file: `npm run sbom -- sbom.json` writes a file,
// without a name it goes to standard output. What only development needs is left out unless `--dev` is given.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const args = process.argv.slice(2);
const { stdout, stderr, status } = spawnSync(
  "npm",
  [
    "sbom",
    "--sbom-format=cyclonedx",
    "--package-lock-only",
    ...(args.includes("--dev") ? [] : ["--omit=dev"]),
  ],
  { cwd: fileURLToPath(new URL("..", import.meta.url)), encoding: "utf8", maxBuffer: 2 ** 28 },
);
if (status !== 0) {
  console.error(stderr);
  process.exit(1);
}
const { bomFormat, components } = JSON.parse(stdout) as { bomFormat?: unknown; components?: unknown[] }; // looked at below
if (bomFormat !== "CycloneDX" || !Array.isArray(components) || components.length === 0) {
  console.error("npm made no CycloneDX document: npm 9.5 or newer is needed.");
  process.exit(1);
}
const file = args.find((each) => !each.startsWith("--"));
if (file === undefined) process.stdout.write(stdout);
else {
  writeFileSync(file, stdout);
  console.log(`${components.length} components in ${file}.`);
}
