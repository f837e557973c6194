// Loads blueprints as the hub does, each group by itself, and prints what became of each: "" or the fault.
import { Fault } from "@atoll/core/fault";
import { connect } from "@atoll/hub/accounts";
import { outsideBlueprints } from "@atoll/hub/blueprints/load";
import { providerSettings } from "@atoll/hub/settings";

const nowhere = "http://127.0.0.1:9";
const tokens = { supabase: "x", github: "x", vercel: "x", netlify: "x", n8n: "x", gitea: "x", resend: "x" };
const cloud = { url: nowhere, projectDatabase: "postgresql://postgres@127.0.0.1:9/REF", tokens };
const said = [];
for (const paths of process.argv.slice(2)) {
  try {
    const outside = await outsideBlueprints({ ATOLL_BLUEPRINTS: paths });
    connect(await providerSettings({}, async () => cloud), {}, outside);
    said.push("");
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    said.push({ what: error.what, next: error.next, field: error.field });
  }
}
console.log(JSON.stringify(said));
