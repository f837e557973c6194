import type { Backup } from "@atoll/contract/schemas/backups";
import { useState } from "react";
import { RestoreAsDialog, RestoreDialog } from "./restore-dialog.tsx";

/** What rows of backups open, and the dialog that is open. */
export function useRestoring() {
  const [open, setOpen] = useState<{ backup: Backup; as: boolean }>();
  const onClose = () => setOpen(undefined);
  return {
    onRestore: (backup: Backup) => setOpen({ backup, as: false }),
    onRestoreAs: (backup: Backup) => setOpen({ backup, as: true }),
    dialog:
      open &&
      (open.as ? (
        <RestoreAsDialog backup={open.backup} onClose={onClose} />
      ) : (
        <RestoreDialog backup={open.backup} onClose={onClose} />
      )),
  };
}
