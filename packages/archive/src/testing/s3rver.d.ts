/** What the tests use of s3rver 3, which comes without types. */
declare module "s3rver" {
  interface Options {
    address: string;
    /** 0 = any free one. */
    port: number;
    silent: boolean;
    directory: string;
    configureBuckets: { name: string; configs: string[] }[];
  }
  export default class S3rver {
    constructor(options: Options);
    readonly httpServer: import("node:http").Server;
    run(): Promise<{ address: string; port: number }>;
    close(): Promise<void>;
  }
}
