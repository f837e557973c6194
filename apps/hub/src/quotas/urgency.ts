/** Who begins runs by itself, on a schedule: nobody waits for those. */
const machines = new Set(["hub", "domain watch", "drift policy"]);

/** Whether a person waits for a run: for what somebody began, and for every new instance. */
export const isUrgent = ({ kind, askedBy }: { kind: string; askedBy: string }): boolean =>
  kind === "provision" || !machines.has(askedBy);
