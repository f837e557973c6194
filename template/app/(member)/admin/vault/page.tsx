import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AddVaultKey } from "@/components/community/add-vault-key";
import { VaultCard } from "@/components/community/vault-card";
import { VaultChanges } from "@/components/community/vault-changes";
import { Disclosure } from "@/components/disclosure";
import { clientConfig } from "@/lib/client-config";
import { accountNames, vaultChanges, vaultOf } from "@/lib/community/vault";
import { member } from "@/lib/member";
import { words } from "@/lib/words";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await words()).shell.vault };
}

/** What the community's page is built of, and keys of other services: for its administrators. */
export default async function VaultPage() {
  const { blueprint, locale } = await clientConfig();
  if (blueprint !== "community") notFound();
  const [me, text] = await Promise.all([member(), words()]);
  if (me.role !== "admin") notFound();
  const vault = await vaultOf(me);
  const title = (
    <header className="title">
      <h1>{text.shell.vault}</h1>
      <p className="lead">{text.community.vaultLead}</p>
    </header>
  );
  if (!vault) {
    return (
      <>
        {title}
        <div className="empty" role="alert">
          <strong>{text.community.vaultMissing}</strong>
          <p>{text.community.vaultMissingLead}</p>
        </div>
      </>
    );
  }
  const [changes, people] = await Promise.all([vaultChanges(me), accountNames(me)]);
  const { community, list, values } = text;
  return (
    <>
      {title}
      <Disclosure summary={community.addKey} first={false}>
        <AddVaultKey {...{ community, list, values }} />
      </Disclosure>
      {vault.length === 0 && <p className="empty">{list.none}</p>}
      <ul className="notices">
        {vault.map((entry) => (
          <VaultCard key={entry.key} {...{ entry, people, locale, text }} />
        ))}
      </ul>
      <VaultChanges {...{ changes, people, locale, text }} />
    </>
  );
}
