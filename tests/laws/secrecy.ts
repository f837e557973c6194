import { inspect } from "node:util";
import { Fault } from "@atoll/core/fault";
import { takeSecrets } from "@atoll/engine/seal";
import type { Case, Drift, Place, Wires } from "./case.ts";
import { changesOf, ensure, settled } from "./ensure.ts";
import { echoingWires, wiresOf, type Yard } from "./yard.ts";

/** A text that people may see, and where. */
interface Shown {
  where: string;
  text: string;
}

const writing = ["POST", "PUT", "PATCH", "DELETE"];
const everything = ["GET", ...writing];

/** The ways in which a value can stand in a text. */
const spellings = (value: string) => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  Buffer.from(value).toString("base64"),
];

/** Whatever a provider answers, no secret comes out of the adapter, and what comes out tells people what to do. */
export async function secrecy<In, Attrs>(
  one: Case<In, Attrs>,
  drifts: readonly Drift<In>[],
  yard: Yard,
): Promise<{ violations: string[] }> {
  const seen: Shown[] = [];
  const show = (where: string, value: unknown) => {
    seen.push({ where, text: typeof value === "string" ? value : (JSON.stringify(value) ?? "") });
  };
  const violations: string[] = [];
  const secrets: string[] = [];
  const fresh = async (): Promise<Place<In>> => {
    const place = await one.fresh();
    secrets.push(...one.secrets(place));
    return place;
  };

  /** What some work with an adapter ends with, in all the ways in which an error can be printed. */
  async function fail(where: string, wires: Wires, place: Place<In>, does: "observe" | "apply") {
    const { at, want } = place;
    const resource = one.connect(wires);
    const changes = [{ path: "", act: "create" as const }];
    try {
      if (does === "observe") await resource.observe(at);
      else await resource.apply({ at, want, live: undefined, changes });
    } catch (error) {
      show(where, [String(error), inspect(error, { depth: 10 }), JSON.stringify(error)].join("\n"));
      if (!(error instanceof Fault))
        violations.push(`${where} ends with ${String(error)}, which is no Fault.`);
      else if (error.what === "" || error.next === "") violations.push(`${where} does not say what to do.`);
    }
  }

  const onCall: Wires["onCall"] = (call) => show("a call's record", call);
  const start = () => one.connect(wiresOf(yard, onCall));
  const place = await fresh();
  const { id, attrs } = await ensure(start, place.at, place.want);
  show("the attributes", takeSecrets(attrs, "attrs").json);
  show("the inputs", takeSecrets(place.want, "inputs").json);
  show("the id", id);
  let at = { ...place.at, id };
  for (const drift of drifts) {
    at = { ...at, id: (await ensure(start, at, place.want)).id };
    await drift.plant(place, at.id);
    const found = await settled(start(), at);
    show(`the changes (${drift.what})`, changesOf(start(), place.want, found));
  }
  const hurt = await fresh(); // nothing of all this gets so far as to make it
  for (const does of ["observe", "apply"] as const) {
    for (const kind of ["reject", "500", "reset"] as const) {
      for (const method of does === "observe" ? ["GET", "POST"] : writing) await yard.order({ kind, method });
      await fail(`${does} with ${kind}`, wiresOf(yard, onCall), hurt, does);
      await yard.heal();
    }
    for (const status of [400, 403, 409, 422, 500])
      await fail(
        `${does} with ${status} that repeats what was sent`,
        echoingWires(yard, status, does === "observe" ? everything : writing),
        hurt,
        does,
      );
  }
  for (const { where, text } of seen)
    if (secrets.some((secret) => spellings(secret).some((each) => text.includes(each))))
      violations.push(`A secret is seen in ${where}.`);
  return { violations: [...new Set(violations)] };
}
