import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Disclosure } from "@/components/disclosure";
import { AddVaultKey } from "@/components/vault/add-vault-key";
import { VaultCard } from "@/components/vault/vault-card";
import { VaultChanges } from "@/components/vault/vault-changes";
import { clientConfig } from "@/lib/client-config";
import { member } from "@/lib/member";
import { accountNames, vaultChanges, vaultOf } from "@/lib/vault/vault";
import { words } from "@/lib/words";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await words()).shell.vault };
}

/** What the application reads whenever it shows a page, and keys of other services: for its administrators. */
export default async function VaultPage() {
  const { locale } = await clientConfig();
  const [me, text] = await Promise.all([member(), words()]);
  if (me.role !== "admin") notFound();
  const entries = await vaultOf(me);
  const title = (
    <header className="title">
      <h1>{text.shell.vault}</h1>
      <p className="lead">{text.vault.lead}</p>
    </header>
  );
  if (!entries) {
    return (
      <>
        {title}
        <div className="empty" role="alert">
          <strong>{text.vault.missing}</strong>
          <p>{text.vault.missingLead}</p>
        </div>
      </>
    );
  }
  const [changes, people] = await Promise.all([vaultChanges(me), accountNames(me)]);
  const { vault, list, values } = text;
  return (
    <>
      {title}
      <Disclosure summary={vault.addKey} first={false}>
        <AddVaultKey {...{ vault, list, values }} />
      </Disclosure>
      {entries.length === 0 && <p className="empty">{list.none}</p>}
      <ul className="notices">
        {entries.map((entry) => (
          <VaultCard key={entry.key} {...{ entry, people, locale, text }} />
        ))}
      </ul>
      <VaultChanges {...{ changes, people, locale, text }} />
    </>
  );
}
