import type { FormField } from "../sections";

/** How stock is changed by hand: how many came or went, and why. */
export const stockFields: readonly FormField[] = [
  { name: "quantity", input: "change", required: true },
  {
    name: "reason",
    input: "choice",
    choices: ["received", "counted", "damaged", "returned"],
    required: true,
    initial: "received",
  },
  { name: "note", input: "text", max: 500 },
];
