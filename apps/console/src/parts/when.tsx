import { ago, exact } from "./time.ts";
import { useNow } from "./use-now.ts";

/** A moment in few words; exactly on hover. */
export function When({ at }: { at: string | undefined }) {
  const nowMs = useNow(20_000);
  if (at === undefined) return <span>–</span>;
  return (
    <time dateTime={at} title={exact(at)} style={{ whiteSpace: "nowrap" }}>
      {ago(at, nowMs)}
    </time>
  );
}
