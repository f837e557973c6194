import type { Operation } from "@atoll/core/operation";
import type { LaterDesk } from "./desk.ts";
import { pause, resume } from "./halting.ts";

/** Everything that can be done with an instance beside ensuring and removing its things. */
export const operationsOf = (desk: LaterDesk): readonly Operation[] => [pause(), resume(desk)];
