import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { Automations } from "@/components/automations";
import { SettingsForm } from "@/components/settings-form";
import { modulesOf } from "@/components/shell";
import { moduleAsked } from "@/lib/asked";
import { clientConfig } from "@/lib/client-config";
import { member } from "@/lib/member";
import { tabsOf } from "@/lib/modules";
import { moduleSettings } from "@/lib/settings";
import { words } from "@/lib/words";

interface Props {
  params: Promise<{ module: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const name = (await moduleAsked((await params).module)) ?? notFound();
  return { title: (await words()).modules[name] };
}

/** A module opens at its first section; one without sections shows its settings and what its automations do. */
export default async function ModulePage({ params }: Props) {
  const me = await member();
  const name = (await moduleAsked((await params).module)) ?? notFound();
  if (!(await modulesOf(me)).includes(name)) notFound();
  const [first] = tabsOf(me, name);
  if (first) redirect(`/${name}/${first.id}`);
  const [config, text] = await Promise.all([clientConfig(), words()]);
  return (
    <>
      <header className="title">
        <h1>{text.modules[name]}</h1>
        <p className="lead">{text.about[name]}</p>
      </header>
      {moduleSettings(me, name).map((settings) => (
        <SettingsForm key={settings.id} me={me} settings={settings} />
      ))}
      <Automations lines={config.automations[name] ?? []} text={text.automations} />
    </>
  );
}
