import { oneOf } from "@atoll/blueprint-kit/asking";
import { questionsWith } from "@atoll/blueprint-kit/base-questions";
import { z } from "zod";

/** What a clinic can switch on, in the order of the menu. */
export const modules = ["patients", "appointments", "treatments"] as const;

export const specialties = ["general", "dental", "physiotherapy", "veterinary"] as const;

const years = "is no number of years from 1 to 30";

/** What a new clinic is asked, beside what everybody is asked. */
export const questions = questionsWith(modules, "fr", {
  specialty: oneOf("specialty", specialties).describe("What the practice treats."),
  keepYears: z.coerce
    .number(years)
    .int(years)
    .min(1, years)
    .max(30, years)
    .default(10)
    .describe("How long records are kept, in years."),
});

/** What is known of a clinic, checked. */
export type Answers = ReturnType<typeof questions.parse>;
