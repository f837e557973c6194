import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { Automations } from "@/components/automations";
import { clientConfig, moduleNames } from "@/lib/client-config";
import { member } from "@/lib/member";
import { modules } from "@/lib/modules";
import { words } from "@/lib/words";

interface Props {
  params: Promise<{ module: string }>;
}

async function enabledModule({ params }: Props) {
  const [config, { module }] = await Promise.all([clientConfig(), params]);
  return moduleNames.find((name) => name === module && config.modules[name]) ?? notFound();
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: (await words()).modules[await enabledModule(props)] };
}

/** A module opens at its first section; one without sections tells what its automations do. */
export default async function ModulePage(props: Props) {
  await member();
  const name = await enabledModule(props);
  const [first] = modules[name];
  if (first) redirect(`/${name}/${first.id}`);
  const [config, text] = await Promise.all([clientConfig(), words()]);
  return (
    <>
      <header className="title">
        <h1>{text.modules[name]}</h1>
        <p className="lead">{text.about[name]}</p>
      </header>
      <Automations lines={config.automations[name] ?? []} text={text.automations} />
    </>
  );
}
