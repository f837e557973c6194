// What can be done with each kind of thing, in n8n's words: the emulator's key may do all that the emulator does.
const operations: Record<string, string[]> = {
  workflow: ["create", "read", "list", "update", "delete", "activate", "deactivate"],
  workflowTags: ["list", "update"],
  tag: ["create", "read", "list", "delete"],
  credential: ["create", "read", "list", "update", "delete"],
  execution: ["read", "list"],
};

/** What `GET /discover` tells of the API key. */
export const capabilities = {
  scopes: Object.entries(operations).flatMap(([kind, verbs]) => verbs.map((verb) => `${kind}:${verb}`)),
  resources: Object.fromEntries(
    Object.entries(operations).map(([kind, verbs]) => [kind, { operations: verbs, endpoints: [] }]),
  ),
  filters: {},
};
