import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { SupabaseApi } from "./api.ts";
import type { ProjectAttrs, ProjectIn } from "./project.ts";

// --- types

/** A project of the pool: Supabase's ref of it, and the name that it was made with. */
export interface Warm {
  ref: string;
  name: string;
}

/** Blank projects that are kept ready. Who has claimed one is written down before any call. */
export interface WarmProjects {
  /** The project that an instance (its id) holds a claim on. */
  claimed(instance: string): Promise<Warm | undefined>;
  /** Claims a ready one for an instance, the same one when asked again; undefined = there is none. */
  claim(wanted: { instance: string; region: string; size: string | undefined }): Promise<Warm | undefined>;
  /** Gives a claimed one back to be thrown away. `why` = a whole sentence. */
  discard(ref: string, why: string): Promise<void>;
  /** Hears of a project that is being removed with its instance. */
  removed(ref: string): Promise<void>;
}

/**
 * A Supabase project that is taken from a pool where the pool has a fitting one, and made as always where it has none.
 * Taking one is two calls that may be repeated: the database gets the instance's own password, then the project its
 * name. The name comes last, so that one which bears it is wholly the instance's.
 */
export function fromPool(
  api: SupabaseApi,
  made: Resource<ProjectIn, ProjectAttrs>,
  pool: WarmProjects,
): Resource<ProjectIn, ProjectAttrs> {
  // --- observe

  async function observe(at: Address): Promise<Observed<ProjectAttrs>> {
    // Once the journal has the id, that decides, as with any other project.
    const warm = at.id === undefined ? await pool.claimed(at.instance) : undefined;
    if (warm === undefined) return made.observe(at);
    const seen = await made.observe({ ...at, id: warm.ref });
    const isOther = seen.is === "absent" || seen.id !== warm.ref;
    return isOther || unfit(seen, warm) === undefined ? seen : made.observe(at);
  }

  // --- apply

  /** Has a claimed project become the instance's. Safe to repeat. */
  async function takeOver(ref: string, at: Address, want: ProjectIn): Promise<void> {
    const params = { ref };
    const body = { password: want.databasePassword };
    await api.http.patch("/v1/projects/{ref}/database/password", { params, body, safe: true });
    await api.http.patch("/v1/projects/{ref}", { params, body: { name: at.name }, safe: true });
  }

  /** Takes one from the pool; what does not serve is thrown away, and the next one tried. Undefined = there is none. */
  async function take(at: Address, want: ProjectIn): Promise<string | undefined> {
    let refused: string | undefined;
    for (;;) {
      const wanted = { instance: at.instance, region: want.region, size: want.instanceSize };
      const warm = await pool.claim(wanted);
      // The same one again: it was the instance's, is gone, and stands in the journal, so that the pool does not end it.
      if (warm === undefined || warm.ref === refused) return undefined;
      const { ref } = warm;
      const seen = await made.observe({ ...at, id: ref });
      let why = unfit(seen.is !== "absent" && seen.id === ref ? seen : { is: "absent" }, warm);
      if (why === undefined) {
        try {
          await takeOver(ref, at, want);
          return ref;
        } catch (error) {
          if (!(error instanceof Fault) || error.kind !== "rejected") throw error;
          why = `Supabase did not let it be taken over: ${error.what}`;
        }
      }
      refused = ref;
      await pool.discard(ref, why);
    }
  }

  return {
    ...made,
    observe,

    async apply(job) {
      const { at, want, live } = job;
      if (!live) return (await take(at, want)) ?? (await made.apply(job));
      // A claim whose taking over was broken off.
      if (live.name !== at.name && (await pool.claimed(at.instance))?.ref === live.ref)
        await takeOver(live.ref, at, want);
      return await made.apply(job);
    },

    // --- remove

    async remove(id) {
      await made.remove(id);
      await pool.removed(id);
    },
  };
}

/** Why a claimed project does not serve; undefined = it does. One that bears the instance's name is in use, however it is. */
function unfit(seen: Observed<ProjectAttrs>, warm: Warm): string | undefined {
  if (seen.is === "absent") return "It was gone when an instance wanted it.";
  if (seen.is === "settling") return "It was being removed when an instance wanted it.";
  const { status, name, recordedName } = seen.attrs;
  if (name === recordedName) return undefined;
  // Somebody took it for something of their own: there may be data in it.
  if (name !== warm.name) return "It had another name when an instance wanted it.";
  return status === "ACTIVE_HEALTHY" ? undefined : `It was ${status} when an instance wanted it.`;
}
