import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Logo } from "@/components/agency/logo";
import { SettingsForm } from "@/components/settings-form";
import { member } from "@/lib/member";
import { pageSettings } from "@/lib/settings";
import { words } from "@/lib/words";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await words()).shell.settings };
}

/** Settings of the whole instance, for administrators. */
export default async function SettingsPage() {
  const [me, text] = await Promise.all([member(), words()]);
  const settings = pageSettings(me);
  if (settings.length === 0) notFound();
  return (
    <>
      <header className="title">
        <h1>{text.shell.settings}</h1>
        <p className="lead">{text.settings.lead}</p>
      </header>
      {settings.map((each) => (
        <SettingsForm key={each.id} me={me} settings={each} />
      ))}
      {me.blueprint === "agency" && <Logo me={me} />}
    </>
  );
}
