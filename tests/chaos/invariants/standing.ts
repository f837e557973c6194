import type { Look } from "../look.ts";

/** A live client has nothing to repair and everything going; a paused one stands still. */
export function standing({ clients, inventory }: Look): string[] {
  return clients.flatMap(({ slug, instance, drift, unseen, things }) => {
    const wrong = drift.map((item) => `${slug} is live, and "${item.step}" is to be ${item.does}d`);
    if (unseen !== undefined) wrong.push(`${slug} cannot be looked at: ${unseen}`);
    const going = [
      ...inventory.n8n.workflows
        .filter(({ name }) => name.startsWith(`${slug} `))
        .map(({ active }) => active),
      ...inventory.vercel.projects
        .filter(({ name }) => name === `minimal-${slug}`)
        .map(({ paused }) => !paused),
    ];
    if (instance?.state === "live" && going.includes(false))
      wrong.push(`${slug} is live, and parts stand still`);
    if (instance?.state === "paused" && going.includes(true))
      wrong.push(`${slug} is paused, and parts go on`);
    if (instance?.state === "removed" && things.length > 0)
      wrong.push(`${slug} is removed, and the registry has ${things.map(({ step }) => step).join(", ")}`);
    return wrong;
  });
}

/** A client that was live was welcomed once; nobody was twice. */
export function mails({ clients, inventory }: Look): string[] {
  return clients.flatMap(({ slug, runs }) => {
    const got = inventory.resend.mails.filter(({ to }) => to.includes(`owner@${slug}.example`)).length;
    const wasLive = runs.some(({ kind, state }) => kind === "provision" && state === "succeeded");
    // One whose provisioning was undone and begun anew is another beginning, with another password.
    const beginnings =
      runs.filter(({ kind, state }) => kind === "provision" && state !== "succeeded").length + 1;
    if (got > beginnings) return [`${slug} was welcomed ${got} times`];
    return wasLive && got === 0 ? [`${slug} is live and was never welcomed`] : [];
  });
}
