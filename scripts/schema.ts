// `npm run schema`: writes instances/instance-schema.json from the questions of all kinds.
import { writeFileSync } from "node:fs";
import { questions as agency } from "../blueprints/agency/src/questions.ts";
import { questions as business } from "../blueprints/business/src/questions.ts";
import { questions as community } from "../blueprints/community/src/questions.ts";
import { withBring } from "../blueprints/kit/src/bring.ts";
import { instanceSchema } from "../blueprints/kit/src/instance-schema.ts";
import { questions as shop } from "../blueprints/shop/src/questions.ts";

/** The questions of every kind that ships, by name. */
export const kinds = {
  business: withBring(business),
  shop: withBring(shop),
  agency: withBring(agency),
  community: withBring(community),
};

export const file = new URL("../instances/instance-schema.json", import.meta.url);

/** The schema as it should stand in the file. */
export const current = (): string => {
  const asked = Object.entries(kinds).map(([name, questions]) => ({ name, questions: questions.schema() }));
  return `${JSON.stringify(instanceSchema(asked), null, 2)}\n`;
};

if (import.meta.main) writeFileSync(file, current());
