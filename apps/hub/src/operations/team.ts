import { type Locale, locales } from "@atoll/blueprint-kit/locales";
import type { Operation } from "@atoll/core/operation";
import { accountTask, invitedTask } from "../team/account.ts";
import { type Asked, askedIn } from "../team/asked.ts";
import { invitationTask } from "../team/invitation.ts";
import { leavingTask, revokingTask, roleTask } from "../team/membership.ts";
import { teamPlace } from "../team/place.ts";
import type { LaterDesk } from "./desk.ts";

/** Invites people into an instance, changes their roles, and takes them out again. */
export function team(later: LaterDesk): Operation {
  return {
    kind: "team",
    from: ["live", "paused", "failed"],
    input: askedIn,
    async tasks(at) {
      const desk = await later;
      const asked = at.input as Asked; // as `input` gave it
      const { id: instanceId, slug, blueprint, answers } = at.instance;
      const place = teamPlace(desk, { slug, blueprint, answers, things: at.things.values() });
      const { name, locale } = Object(answers) as { name?: unknown; locale?: unknown };
      const mail = {
        desk,
        place,
        asked,
        run: at.runId,
        instanceId,
        client: typeof name === "string" ? name : slug,
        locale: locales.find((each): each is Locale => each === locale) ?? "en",
        url: at.state === "paused" ? undefined : at.url?.replace(/\/+$/, ""),
      };
      switch (asked.do) {
        case "invite":
          return [accountTask(mail), invitationTask(mail, ["account"])];
        case "resend":
          return [invitedTask(mail), invitationTask(mail, ["account"])];
        case "revoke":
          return [revokingTask(mail)];
        case "role":
          return [roleTask(mail)];
        case "remove":
          return [leavingTask(mail)];
      }
    },
  };
}
