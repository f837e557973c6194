import { oneOf } from "@atoll/blueprint-kit/asking";
import { questionsWith, wholeNumber } from "@atoll/blueprint-kit/base-questions";

/** What a clinic can switch on, in the order of the menu. */
export const modules = ["patients", "appointments", "treatments"] as const;

const specialties = ["general", "dental", "physiotherapy", "veterinary"] as const;

/** What a new clinic is asked, beside what everybody is asked. */
export const questions = questionsWith(modules, "fr", {
  specialty: oneOf("specialty", specialties).describe("What the practice treats."),
  keepYears: wholeNumber(1, 30).default(10).describe("How long records are kept, in years."),
});

/** What is known of a clinic, checked. */
export type Answers = ReturnType<typeof questions.parse>;
