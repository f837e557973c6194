import Link from "next/link";
import type { ModuleName } from "@/lib/client-config";
import type { Section } from "@/lib/sections";
import { words } from "@/lib/words";

/** A module's name above its sections. */
export async function ModuleTitle({
  module,
  tabs,
  open,
}: {
  module: ModuleName;
  tabs: readonly Section[];
  open: Section;
}) {
  const text = await words();
  return (
    <header className="title">
      <h1>{text.modules[module]}</h1>
      <nav className="tabs" aria-label={text.modules[module]}>
        {tabs.map(({ id }) => (
          <Link
            key={id}
            href={`/${module}/${id}`}
            aria-current={id === open.id ? "page" : undefined}
            prefetch={false}
          >
            {text.sections[id]}
          </Link>
        ))}
      </nav>
    </header>
  );
}
