// The resolver as `atoll resolver` starts it, in a process of its own.
import { serveResolver } from "@atoll/hub/resolver/serve";
import { ready } from "./ready.ts";

const databaseUrl = process.env.BENCH_DATABASE_URL ?? ""; // set by the benchmark that starts this
const resolver = await serveResolver({ databaseUrl, env: process.env, port: 0 });
ready({ url: resolver.url }, resolver.close);
