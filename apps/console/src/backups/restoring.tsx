import type { Backup } from "@atoll/contract/schemas/backups";
import { useState } from "react";
import { RemoveDialog } from "./remove-dialog.tsx";
import { RestoreAsDialog, RestoreDialog } from "./restore-dialog.tsx";

const dialogs = { over: RestoreDialog, as: RestoreAsDialog, remove: RemoveDialog } as const;

/** What rows of backups open, and the dialog that is open. */
export function useRestoring() {
  const [open, setOpen] = useState<{ backup: Backup; is: keyof typeof dialogs }>();
  const Dialog = open && dialogs[open.is];
  return {
    onRestore: (backup: Backup) => setOpen({ backup, is: "over" }),
    onRestoreAs: (backup: Backup) => setOpen({ backup, is: "as" }),
    onRemove: (backup: Backup) => setOpen({ backup, is: "remove" }),
    dialog: Dialog && <Dialog backup={open.backup} onClose={() => setOpen(undefined)} />,
  };
}
