import type { Locale } from "@/lib/client-config";
import type { Messages } from "@/lib/messages/en";
import { removeVaultKey } from "@/lib/vault/actions";
import { vaultText } from "@/lib/vault/value";
import type { VaultEntry } from "@/lib/vault/vault";
import { Deed } from "../deed";
import { When } from "../when";
import { VaultValueForm } from "./vault-value-form";

interface Props {
  entry: VaultEntry;
  people: ReadonlyMap<string, string>;
  locale: Locale;
  text: Messages;
}

/** One key: its value, or that it has one; who changed it and when; the forms that change and remove it. */
export function VaultCard({ entry, people, locale, text }: Props) {
  const { vault, list, values } = text;
  // Of a secret nothing is handed on, not even should the database have given it.
  const shown = entry.is_secret ? "" : vaultText(entry.value_type, entry.value);
  return (
    <li className="card">
      <h2>
        <code>{entry.key}</code>
      </h2>
      <p className="links">
        <span className="badge">{values[entry.value_type]}</span>
        {entry.is_secret && <span className="badge soon">{vault.secret}</span>}
        <span className="lead">
          {vault.changedAt} <When at={entry.updated_at} locale={locale} /> · {vault.changedBy}{" "}
          {people.get(entry.updated_by) ?? entry.updated_by}
        </span>
      </p>
      {entry.is_secret ? <p className="lead">{vault.hidden}</p> : <p className="value lines-kept">{shown}</p>}
      <details className="remove">
        <summary>{entry.is_secret ? vault.replace : vault.change}</summary>
        <VaultValueForm
          name={entry.key}
          type={entry.value_type}
          secret={entry.is_secret}
          value={shown}
          {...{ vault, list }}
        />
      </details>
      <details className="remove">
        <summary>{list.remove}</summary>
        <p>{list.removeSure}</p>
        <Deed
          action={removeVaultKey.bind(null, entry.key)}
          label={list.removeNow}
          className="button danger"
        />
      </details>
    </li>
  );
}
