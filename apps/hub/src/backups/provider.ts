import type { InstanceBackups } from "@atoll/contract/schemas/backups";
import { Fault } from "@atoll/core/fault";
import type { OpenEnvironment } from "../environments/open.ts";

/** What an instance's provider keeps of its database. That it cannot be asked is said, and is no error. */
export async function providerBackupsOf(
  there: Pick<OpenEnvironment, "databases"> | undefined,
  slug: string,
): Promise<InstanceBackups["provider"]> {
  if (there === undefined)
    return { items: [], what: "This hub does not have the accounts of the instance's environment." };
  try {
    return await there.databases.backups(slug);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { items: [], what: error.what };
  }
}
