import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "@atoll/core/fault";
import { slugProblem } from "@atoll/core/instance";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";

const root = fileURLToPath(new URL("../../../../../", import.meta.url));
const pattern = path.join(root, "examples", "blueprint-minimal");
const patternName = "minimal";

function refused(field: string, what: string, next: string): never {
  throw new Fault("rejected", { what, next, field });
}

/** The pattern's files with the new name in place of the pattern's own. */
function renamed(folder: string, name: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(patternName, name));
  }
}

/** As a path is written in a script: with forward slashes. */
const relative = (from: string, to: string) => path.relative(realpathSync(from), to).replaceAll("\\", "/");

/** Lets an editor find the packages that the hub lends; nothing is installed. */
function editorSettings(folder: string): object {
  const at = relative(folder, root);
  return {
    compilerOptions: {
      target: "es2024",
      module: "nodenext",
      moduleResolution: "nodenext",
      types: ["node"],
      typeRoots: [`${at}/node_modules/@types`],
      strict: true,
      erasableSyntaxOnly: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      noEmit: true,
      paths: {
        "@atoll/core/*": [`${at}/packages/core/src/*.ts`],
        "@atoll/blueprint-kit/*": [`${at}/blueprints/kit/src/*.ts`],
        "@atoll/fleet/*": [`${at}/packages/fleet/src/*.ts`],
        "@atoll/provider-kit/*": [`${at}/packages/providers/kit/src/*.ts`],
        zod: [`${at}/node_modules/zod`],
      },
    },
    include: ["**/*.ts"],
  };
}

/** Makes a folder with a blueprint of this name that runs at once. */
export async function* newBlueprint(input: { name: string; folder?: string }): Handler {
  const { name } = input;
  const problem = slugProblem(name);
  if (problem !== undefined) refused("name", `The name ${problem}.`, "Choose another name, as in `bakery`.");
  if (existsSync(path.join(root, "blueprints", name)))
    refused("name", `There is a blueprint "${name}" already.`, "Choose another name.");
  const folder = path.resolve(input.folder ?? name);
  if (existsSync(folder) && !statSync(folder).isDirectory())
    refused("folder", `${folder} is a file.`, "Name a folder that is not there yet.");
  if (existsSync(folder) && readdirSync(folder).length > 0)
    refused("folder", `The folder ${folder} is not empty.`, "Name one that is not there yet.");
  if (folder.split(path.sep).includes("node_modules"))
    refused("folder", "Node runs no TypeScript below a folder node_modules.", "Name another folder.");
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    refused("folder", `The folder ${folder} cannot be made: ${why}`, "Name another one.");
  }
  cpSync(pattern, folder, { recursive: true, filter: (from) => path.basename(from) !== "node_modules" });
  renamed(folder, name);
  const cli = relative(folder, path.join(root, "apps/cli/src/main.ts"));
  const json = (file: string, value: object) =>
    writeFileSync(path.join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
  json("package.json", {
    name: `atoll-blueprint-${name}`,
    version: "0.1.0",
    private: true,
    type: "module",
    scripts: { test: `node ${cli} blueprint test .`, rehearse: `node ${cli} blueprint rehearse .` },
  });
  json("tsconfig.json", editorSettings(folder));
  const shown = input.folder ?? name;
  return {
    result: { name, folder },
    text: [
      `${paint("green", "✓")} ${shown} holds the blueprint "${name}".`,
      `  atoll blueprint test ${shown}`,
      `  atoll blueprint rehearse ${shown} --quick`,
      `  ATOLL_BLUEPRINTS=${shown} atoll up --blueprint ${name} --name "Client A" --admin-email owner@client-a.example`,
      "  README.md in it says what each file is.",
    ].join("\n"),
    exitCode: exitCode.ok,
  };
}
