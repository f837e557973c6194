import type { Runtime } from "../runtime.ts";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import { submit } from "./requests.ts";

/** On the local cloud, a first request to approve: as if somebody had asked and confirmed. True = it was made. */
export async function sampleRequest(store: Store, runtime: Runtime): Promise<boolean> {
  if (runtime.cloudUrl === undefined) return false;
  const any = await store.selectFrom("requests").select("id").limit(1).executeTakeFirst();
  if (any !== undefined) return false;
  const answers = runtime.check("business", {
    name: "Toko Sample",
    slug: "toko-sample",
    adminEmail: "owner@toko-sample.example",
  });
  await store.transaction().execute(async (tx) => {
    const { id } = await submit(tx, {
      blueprint: "business",
      slug: "toko-sample",
      name: "Toko Sample",
      email: "owner@toko-sample.example",
      locale: "en",
      answers,
      asker: "sample",
      confirmed: true,
    });
    await record(tx, { actor: "hub", action: "request.sample", subject: `request/${id}` });
  });
  return true;
}
