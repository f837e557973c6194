/** What stands at each provider of a local cloud, by the provider's name. */
export type Inventory = Record<string, unknown>;

/** The control endpoints of a local cloud. */
export interface Control {
  inventory(): Promise<Inventory>;
  /** Calls that wrote something since the log was cleared: "POST /v1/projects". */
  writes(): Promise<string[]>;
  clearLog(): Promise<void>;
}

async function ask(url: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${init.method ?? "GET"} ${url} answered ${answer.status}.`);
  return answer.json();
}

/** Opens the control endpoints of the local cloud at `url`. */
export function controlOf(url: string): Control {
  return {
    inventory: async () => (await ask(`${url}/control/inventory`)) as Inventory, // each provider has its own shape
    async writes() {
      const calls = (await ask(`${url}/control/log?writes=1`)) as { method: string; path: string }[]; // as it documents
      return calls.map(({ method, path }) => `${method} ${path}`);
    },
    clearLog: async () => void (await ask(`${url}/control/log`, { method: "DELETE" })),
  };
}
