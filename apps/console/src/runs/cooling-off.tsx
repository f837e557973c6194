import type { Run } from "@atoll/contract/schemas/run";
import { Alert } from "@mantine/core";
import type { ReactNode } from "react";
import { exact, lasting } from "../parts/time.ts";
import { useNow } from "../parts/use-now.ts";

/** Until when a removal can be cancelled. Nothing where it does not cool off, or has. */
export function CoolingOff({ run, children }: { run: Run; children?: ReactNode }) {
  const nowMs = useNow(1_000);
  const { kind, state, notBefore } = run;
  if (kind !== "destroy" || notBefore === undefined) return null;
  if (state !== "waiting" && state !== "queued") return null;
  const leftMs = Date.parse(notBefore) - nowMs;
  if (leftMs <= 0) return null;
  return (
    <Alert color="orange" title={`It cools off for ${lasting(Math.ceil(leftMs / 60_000) * 60_000)} more.`}>
      Nothing is removed before {exact(notBefore)}. Until then it can be cancelled, and everything stays as it
      was; its site goes on meanwhile. {children}
    </Alert>
  );
}
