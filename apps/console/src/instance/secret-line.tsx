import { Group } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { ActButton } from "../parts/act-button.tsx";
import { CopyOnce } from "../parts/copy-once.tsx";
import { Problem } from "../parts/problem.tsx";
import { reasonOfRole } from "../rules/reasons.ts";

/** A secret: set, and for owners shown once. */
export function SecretLine({ slug, name }: { slug: string; name: string }) {
  const role = useRole();
  const [value, setValue] = useState<string>();
  const reveal = useAct("revealSecret", { onDone: (answer) => setValue(answer.value) });
  const reason = reasonOfRole(role, "owner");
  const forget = () => {
    setValue(undefined);
    reveal.reset(); // the answer holds it, too
  };
  return (
    <>
      <Group gap="sm">
        <span>set</span>
        <ActButton
          variant="default"
          size="compact-xs"
          reason={reason}
          loading={reveal.isPending}
          onClick={() => reveal.mutate({ params: { slug, name } })}
        >
          Reveal
        </ActButton>
      </Group>
      <Problem error={reveal.error} />
      <CopyOnce
        title={name}
        value={value}
        note="Copy it now: closing forgets it. The audit log says that you looked."
        onClose={forget}
      />
    </>
  );
}
