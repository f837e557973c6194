import type { Operation } from "@atoll/core/operation";
import { archive } from "./archive.ts";
import { backup } from "./backup.ts";
import { deploy } from "./deploy.ts";
import type { LaterDesk } from "./desk.ts";
import { domain } from "./domain.ts";
import { exporting } from "./export.ts";
import { pause, resume } from "./halting.ts";
import { importing } from "./import.ts";
import { rebuild } from "./rebuild.ts";
import { restore } from "./restore.ts";
import { team } from "./team.ts";

/** Everything that can be done with an instance beside ensuring and removing its things. */
export const operationsOf = (desk: LaterDesk): readonly Operation[] => [
  pause(desk),
  resume(desk),
  archive(desk),
  backup(desk),
  restore(desk),
  team(desk),
  exporting(desk),
  importing(desk),
  domain(desk),
  deploy(desk),
  rebuild(desk),
];
