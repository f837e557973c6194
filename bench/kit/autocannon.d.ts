/** What the benchmarks use of autocannon 9, which comes without types. */
declare module "autocannon" {
  interface Options {
    url: string;
    connections: number;
    /** In seconds. */
    duration: number;
    /** Each connection goes through them in turn. */
    requests: { method: "GET"; path: string; headers?: Record<string, string> }[];
    /** Called once for each connection. */
    setupClient?: (client: unknown) => void;
  }
  interface Result {
    errors: number;
    timeouts: number;
    non2xx: number;
    "2xx": number;
    /** In seconds. */
    duration: number;
  }
  interface Running extends Promise<Result> {
    on(
      event: "response",
      heard: (client: unknown, status: number, bytes: number, responseTimeMs: number) => void,
    ): this;
  }
  export default function autocannon(options: Options): Running;
}
