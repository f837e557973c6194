import { ago, exact } from "./time.ts";
import { useNow } from "./use-now.ts";

/** A moment in few words; exactly on hover. */
export function When({ at }: { at: string | undefined }) {
  // What was read since the last tick lies not in the future.
  const nowMs = Math.max(useNow(20_000), Date.now());
  if (at === undefined) return <span>–</span>;
  return (
    <time dateTime={at} title={exact(at)} style={{ whiteSpace: "nowrap" }}>
      {ago(at, nowMs)}
    </time>
  );
}
