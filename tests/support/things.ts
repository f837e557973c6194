import type { TestCloud } from "./cloud.ts";

/** What stands at the providers. Sent mails are left out: they stay with whoever got them. */
export async function things(cloud: TestCloud): Promise<Record<string, unknown>> {
  const { resend: _, ...rest } = await cloud.inventory();
  return rest;
}
