import type { Messages } from "@/lib/messages/en";
import { type RecordAt, removeRecord } from "@/lib/record-actions";
import { Deed } from "./deed";

/** Removes a row, after having asked. */
export function RemoveRecord({ at, leave, text }: { at: RecordAt; leave: boolean; text: Messages["list"] }) {
  return (
    <details className="remove">
      <summary>{text.remove}</summary>
      <p>{text.removeSure}</p>
      <Deed action={removeRecord.bind(null, at, leave)} label={text.removeNow} className="button danger" />
    </details>
  );
}
