// `npm run openapi`: writes packages/contract/openapi.json from the routes.
import { writeFileSync } from "node:fs";
import { openApiDocument } from "../packages/contract/src/openapi.ts";

const file = new URL("../packages/contract/openapi.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
