import { Fault } from "@atoll/core/fault";
import type { KeyRing } from "@atoll/hub/keys/rotate";
import type { CommandContext } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler, Outcome } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";

/** Keys are a matter of whoever has the hub's environment and database: no hub hands them out over HTTP. */
async function* withRing(
  context: CommandContext,
  work: (ring: KeyRing, by: string) => Handler | Promise<Outcome>,
): Handler {
  const runtime = await context.open({ worker: false });
  try {
    yield* context.remarks();
    const working = work(runtime.keyRing, runtime.operator);
    return working instanceof Promise ? await working : yield* working;
  } finally {
    await runtime.close();
  }
}

/** Which keys something is sealed with, and which of them are given. */
export async function* listKeys(context: CommandContext): Handler {
  return yield* withRing(context, async (ring) => {
    const keys = (await ring.list()).map((each) => ({ ...each, present: each.id === ring.present }));
    const line = ({ id, present, given, inUse, lastHeldAt }: (typeof keys)[number]) => {
      const state = present ? "present" : given ? "older" : paint("red", "not given");
      return `${id}  ${state}  ${inUse ? "a process seals with it" : `last sealed with at ${lastHeldAt}`}`;
    };
    return {
      result: { present: ring.present, keys },
      text: keys.length === 0 ? "Nothing was sealed yet." : keys.map(line).join("\n"),
      exitCode: keys.every(({ given }) => given) ? exitCode.ok : exitCode.differs,
    };
  });
}

/** Seals everything anew with the present key. */
export async function* rotateKeys(context: CommandContext): Handler {
  return yield* withRing(context, async function* (ring, by): Handler {
    const pieces = ring.rotate(by);
    let [told, toldAtMs] = ["", 0];
    for (;;) {
      const next = await pieces.next();
      if (!next.done) {
        const { what, seen, renewed } = next.value;
        // Pieces are small: one word in two seconds is enough of them.
        if (what === told && performance.now() - toldAtMs < 2_000) continue;
        [told, toldAtMs] = [what, performance.now()];
        yield { type: "remark", text: `${what}: ${seen} looked at, ${renewed} sealed anew` };
        continue;
      }
      const { parts, retired, kept } = next.value;
      const lines = [
        ...parts.flatMap(({ left }) =>
          left.map(({ subject, why }) => `${paint("red", "✗")} ${subject}: ${why}`),
        ),
        ...kept.map(({ id, why }) => `${paint("red", "✗")} The key ${id} has to stay. ${why}`),
        ...retired.map(
          (id) =>
            `${paint("green", "✓")} Nothing is sealed with ${id} any more: take it out of ATOLL_SECRET_KEY.`,
        ),
      ];
      const isDone = kept.length === 0 && parts.every(({ left }) => left.length === 0);
      return {
        result: { present: ring.present, parts, retired, kept },
        text: lines.join("\n") || `${paint("green", "✓")} Everything is sealed with the present key.`,
        exitCode: isDone ? exitCode.ok : exitCode.differs,
      };
    }
  });
}

/** Gives a lost key up. */
export async function* forgetKey(context: CommandContext, input: { key: string; confirm: string }): Handler {
  return yield* withRing(context, async (ring, by) => {
    if (input.confirm !== input.key)
      throw new Fault("rejected", {
        what: "What is to be confirmed is not the key's id.",
        next: "Give the id twice: what this key sealed is lost.",
        field: "confirm",
      });
    await ring.forget(input.key, by);
    return {
      result: { forgotten: input.key },
      text: `Given up: what ${input.key} sealed is lost.`,
      exitCode: exitCode.ok,
    };
  });
}
