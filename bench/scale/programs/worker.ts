// A worker as `atoll worker` starts it, in a process of its own.
import { openRuntime } from "@atoll/hub/runtime";
import { ready } from "../../kit/servers/ready.ts";
import { tellUsage } from "./usage.ts";

const runtime = await openRuntime({ env: process.env, worker: true });
tellUsage();
ready({}, () => runtime.close());
