import { type Ask, readVersion } from "@atoll/archive/catalog";
import { checkArchive } from "@atoll/archive/check";
import { dump, lastRows } from "@atoll/archive/dump";
import { openArchive } from "@atoll/archive/open";
import { Fault } from "@atoll/core/fault";
import type { Look, Operation, Situation, Task } from "@atoll/core/operation";
import type pg from "pg";
import { withClient } from "../backups/database.ts";
import { putBack, restoredBy } from "../backups/put-back.ts";
import { claimAccounts, foreignAccounts, hasAccount } from "../exports/claim.ts";
import { openUpload } from "../exports/exports.ts";
import { notFresh } from "../exports/fresh.ts";
import { isWorthGoingOn } from "../exports/go-on.ts";
import { removeArchive, uploadPrefix } from "../exports/places.ts";
import { clear } from "../exports/sweep.ts";
import type { LaterDesk, OperationDesk } from "./desk.ts";
import { guarded } from "./export.ts";

interface ImportInput {
  /** Id of an archive that was sent in. */
  upload: string;
}

function importInput(given: unknown): ImportInput {
  const { upload } = Object(given) as { upload?: unknown };
  if (typeof upload === "string" && /^[0-9a-f-]{36}$/.test(upload)) return { upload };
  throw new Fault("rejected", {
    what: "No archive was named.",
    next: "Send one in (`POST /api/uploads`), and give its id as `upload`.",
    field: "upload",
  });
}

/**
 * Fills a fresh instance from an archive that was sent in: afterwards it holds what the archive holds, compared row by
 * row. One that fails leaves the instance as fresh as it was.
 */
export function importing(later: LaterDesk): Operation {
  return {
    kind: "import",
    from: ["live", "paused"],
    input: importInput,
    async tasks(at) {
      const scene = { desk: await later, at, upload: (at.input as ImportInput).upload }; // as `importInput` gave it
      return [checkTask(scene), keepTask(scene), loadTask(scene), claimTask(scene), tidyTask(scene)];
    },
  };
}

interface Scene {
  desk: OperationDesk;
  at: Situation;
  upload: string;
}

const askOf =
  (client: pg.Client): Ask =>
  async (sql) =>
    lastRows(await client.query(sql));

function claimantOf({ instance }: Situation) {
  const { adminEmail } = Object(instance.answers) as { adminEmail?: unknown };
  return { id: instance.id, adminEmail: typeof adminEmail === "string" ? adminEmail : "" };
}

/** What the instance held before: taken back from here when the import fails. */
const keptPrefix = ({ runId }: Situation) => `imports/${runId}`;
const keptPlace = ({ desk: { archives }, at }: Scene) => ({
  storage: archives.storage,
  prefix: keptPrefix(at),
  hubKeys: archives.hubKeys,
});

function refuse(what: string, next: string, field = "upload"): never {
  throw new Fault("rejected", { what, next, field });
}

function checkTask({ desk, at, upload }: Scene): Task {
  const { instance, notes } = at;
  return {
    step: "check",
    kind: "import.check",
    name: instance.slug,
    needs: [],
    async look(): Promise<Look> {
      if (notes.has("check")) return { is: "done" };
      const { archive } = await openUpload(desk, upload);
      const { manifest } = archive;
      if (manifest.secrets === "left-out")
        refuse(
          "The archive is a take-out: without passwords and secrets no instance can be made of it.",
          "Export the instance in the form `archive`, and import that.",
        );
      if (manifest.instance.blueprint !== instance.blueprint)
        refuse(
          `The archive is of a "${manifest.instance.blueprint}", and "${instance.slug}" is a "${instance.blueprint}".`,
          `Make a "${manifest.instance.blueprint}", and import into that.`,
        );
      const [version, where] = await withClient(desk, at, async (client) => {
        const ask = askOf(client);
        return [await readVersion(ask), await notFresh(ask, claimantOf(at).adminEmail)] as const;
      });
      if (version !== manifest.schema.version)
        refuse(
          `The archive is of schema version ${manifest.schema.version}, and "${instance.slug}" stands at version ${version}.`,
          version < manifest.schema.version
            ? "Update the instance's schema first."
            : "Update the schema of the instance that it is from, and export it again.",
        );
      if (where !== undefined)
        refuse(
          `"${instance.slug}" is in use already: ${where} holds rows of its own.`,
          "Import into an instance that was just made; nothing of one in use is written over.",
          "slug",
        );
      return { is: "todo", does: "update", says: "reads every part of the archive" };
    },
    async act() {
      const { archive, options } = await openUpload(desk, upload);
      const [found] = (await checkArchive(options)).findings;
      if (found !== undefined) refuse(found.what, found.next);
      if (!(await hasAccount(archive, claimantOf(at).adminEmail)))
        refuse(
          `The archive has no account of the first admin of "${instance.slug}".`,
          "Import it into an instance whose first admin has an account in the archive.",
        );
      return { of: archive.manifest.instance.slug, madeAt: archive.manifest.madeAt };
    },
    settleWithinMs: longMs,
  };
}

/** Reading and writing millions of rows again, where a database or the storage was away for a moment. */
const longMs = 6 * 3_600_000;

function keepTask(scene: Scene): Task {
  const { desk, at } = scene;
  const { instance, notes } = at;
  return {
    step: "keep",
    kind: "import.before",
    name: instance.slug,
    needs: ["check"],
    look: async () =>
      notes.has("keep") ? { is: "done" } : { is: "todo", does: "create", says: "keeps what it holds now" },
    async act({ stillOurs }) {
      const { manifestSha256 } = await withClient(desk, at, async (client) =>
        dump({
          ...keptPlace(scene),
          storage: guarded(desk.archives.storage, stillOurs),
          hubKey: desk.archives.hubKeys[0],
          olderKeys: desk.archives.hubKeys.slice(1),
          from: { client },
          of: {
            kind: "backup",
            instance: { id: instance.id, slug: instance.slug, blueprint: instance.blueprint },
            schema: { version: await readVersion(askOf(client)) },
            checkpoint: { workflowIds: [] },
          },
          sealed: true,
          resume: await isWorthGoingOn(desk.archives.storage, keptPrefix(at)),
        }),
      );
      return { manifestSha256 };
    },
    async undo() {
      // Rows that could not be taken back yet are taken back from here.
      if ((await restoredBy(desk, at)) === at.runId)
        throw new Fault("rejected", {
          what: "The rows that were put in stand there still: what the instance held before is kept for them.",
          next: "Retry the undo once its database answers.",
        });
      await removeArchive(desk.archives, keptPrefix(at));
    },
  };
}

function loadTask(scene: Scene): Task {
  const { desk, at, upload } = scene;
  const { instance, runId } = at;
  return {
    step: "load",
    kind: "import.rows",
    name: instance.slug,
    needs: ["keep"],
    look: async () =>
      (await restoredBy(desk, at)) === runId
        ? { is: "done" }
        : { is: "todo", does: "update", says: "puts the archive's rows in, and compares them" },
    async act({ stillOurs }) {
      const { archive } = await openUpload(desk, upload);
      await stillOurs();
      return putBack(desk, at, { archive, mark: runId, isOurs: false });
    },
    async undo() {
      if ((await restoredBy(desk, at)) !== runId) return;
      await putBack(desk, at, {
        archive: await openArchive(keptPlace(scene)),
        mark: undefined,
        isOurs: true,
      });
    },
    settleWithinMs: longMs,
  };
}

/**
 * The rows were loaded with the archive's own mark made the instance's: one task more where the instance's first admin is
 * another account than the first admin of the archive's instance.
 */
function claimTask({ desk, at }: Scene): Task {
  return {
    step: "claim",
    kind: "import.accounts",
    name: at.instance.slug,
    needs: ["load"],
    look: async () =>
      (await withClient(desk, at, (client) => foreignAccounts(askOf(client), claimantOf(at)))) === 0
        ? { is: "done" }
        : { is: "todo", does: "update", says: "marks the first admin as its own" },
    act: () => withClient(desk, at, (client) => claimAccounts(askOf(client), claimantOf(at))),
  };
}

/** Last: from here on nothing is taken back, so that what it would be taken back from may go. */
function tidyTask({ desk, at, upload }: Scene): Task {
  const isThere = async (prefix: string) => {
    for await (const _ of desk.archives.storage.list(`${prefix}/`)) return true;
    return false;
  };
  return {
    step: "tidy",
    kind: "import.archive",
    name: at.instance.slug,
    needs: ["claim"],
    look: async () =>
      (await isThere(uploadPrefix(upload))) || (await isThere(keptPrefix(at)))
        ? { is: "todo", does: "remove", says: "removes the archive that was sent in" }
        : { is: "done" },
    async act() {
      await desk.store.updateTable("uploads").set({ state: "removed" }).where("id", "=", upload).execute();
      await clear(desk.store, desk.archives, { table: "uploads", id: upload, prefix: uploadPrefix(upload) });
      await removeArchive(desk.archives, keptPrefix(at));
    },
  };
}
