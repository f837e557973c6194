import { questionsWith } from "@atoll/blueprint-kit/base-questions";

/** What a client can switch on, in the order of the menu. */
export const modules = ["records"] as const;

/** What a new client is asked: name, address, first admin, region, modules, language; put your own into the last one. */
export const questions = questionsWith(modules, "en", {});
