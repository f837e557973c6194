import type { DLogger } from "@dbos-inc/dbos-sdk";

/** The SDK logs every failed workflow with its error; ours are reported as events, so it keeps silent. */
export const quiet: DLogger = { info() {}, debug() {}, warn() {}, error() {} };
