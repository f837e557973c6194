import { fileURLToPath } from "node:url";

/** The command line's own program, for processes that it starts of itself. */
export const mainProgram = fileURLToPath(new URL("./main.ts", import.meta.url));
