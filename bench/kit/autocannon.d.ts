/** What the benchmarks use of autocannon 9, which comes without types. */
declare module "autocannon" {
  interface Options {
    url: string;
    connections: number;
    /** How many calls to make in all. */
    amount?: number;
    /** Or for how many seconds, and at how many calls a second in all. */
    duration?: number;
    overallRate?: number;
    /** Each connection goes through them in turn. */
    requests: { method: "GET"; path: string; headers?: Record<string, string> }[];
  }
  interface Result {
    errors: number;
    timeouts: number;
    non2xx: number;
  }
  interface Running extends Promise<Result> {
    on(
      event: "response",
      heard: (client: unknown, status: number, bytes: number, responseTimeMs: number) => void,
    ): this;
  }
  export default function autocannon(options: Options): Running;
}
