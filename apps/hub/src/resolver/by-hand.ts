import { Fault } from "@atoll/core/fault";
import type { Store } from "../store/store.ts";

/** True when a slug stands in the registry without an instance: somebody registered it by hand. */
export async function isHeldByHand(store: Store, slug: string): Promise<boolean> {
  const row = await store
    .selectFrom("instance_registry")
    .select("subdomain")
    .where("subdomain", "=", slug)
    .where("instance_id", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}

/** The fault of a slug that was registered by hand. */
export const heldByHand = (slug: string): Fault =>
  new Fault("rejected", {
    what: `The slug "${slug}" is taken: it was registered by hand.`,
    next: "Choose another slug.",
    field: "slug",
  });

/** Waits for an instance to be recorded; the registry itself refuses a slug that it has by hand. */
export async function orHeldByHand<T>(slug: string, recording: Promise<T>): Promise<T> {
  try {
    return await recording;
  } catch (error) {
    if (error instanceof Error && "constraint" in error && error.constraint === "instance_registry_pkey")
      throw heldByHand(slug);
    throw error;
  }
}
