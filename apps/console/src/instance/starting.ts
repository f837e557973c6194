import type { Input } from "@atoll/contract/types";
import type { useAct } from "../hub/act.ts";

/** A run that is about to be started by a dialog. */
export type Started = Pick<ReturnType<typeof useAct<"startRun">>, "error" | "isPending">;
/** Starts it. */
export type Begin = (body: Input<"startRun">["body"]) => void;
