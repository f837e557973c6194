// A worker for rollouts in a process of its own, for tests that kill it.
import { startFleetWorker } from "@atoll/hub/schema/testing/fleet";
import { bareDatabases } from "@atoll/hub/schema/testing/yard";
import { fleetKind } from "./kind.ts";

const { ATOLL_TEST_HUB: hubUrl = "", ATOLL_TEST_SERVER: serverUrl = "" } = process.env;
await startFleetWorker(
  { hubUrl, kind: fleetKind, databases: bareDatabases(serverUrl) },
  { beatMs: 150, ttlMs: 800 },
);
console.log("ready");
