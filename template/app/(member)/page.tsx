import Link from "next/link";
import { When } from "@/components/when";
import { clientConfig, type ModuleName, moduleNames } from "@/lib/client-config";
import { environment } from "@/lib/environment";
import { type Member, member } from "@/lib/member";
import { modules, type Section } from "@/lib/modules";
import { listRecords } from "@/lib/records";
import { fill, words } from "@/lib/words";

export default async function Overview() {
  const [me, config, text] = await Promise.all([member(), clientConfig(), words()]);
  const enabled = moduleNames.filter((name) => config.modules[name]);
  const client = config.client.name || environment().clientName || "";
  return (
    <>
      <header className="title">
        <h1>{fill(text.home.hello, { name: me.fullName })}</h1>
        <p className="lead">{fill(text.home.lead, { client })}</p>
      </header>
      {enabled.length === 0 && (
        <div className="empty">
          <strong>{text.home.noModules}</strong>
          <p>{text.home.noModulesLead}</p>
        </div>
      )}
      <div className="cards">
        {enabled.map((name) => (
          <ModuleCard key={name} name={name} me={me} />
        ))}
      </div>
    </>
  );
}

async function ModuleCard({ name, me }: { name: ModuleName; me: Member }) {
  const [config, text] = await Promise.all([clientConfig(), words()]);
  const lists = await Promise.all(
    modules[name].map(async (section) => ({ section, ...(await listRecords(me.database, section, 1, 3)) })),
  );
  const first = lists.find((list) => list.rows.length > 0);
  return (
    <section className="card" aria-labelledby={`module-${name}`}>
      <h2 id={`module-${name}`}>
        <Link href={`/${name}`} prefetch={false}>
          {text.modules[name]}
        </Link>
      </h2>
      <p className="lead">{text.about[name]}</p>
      {lists.length > 0 && (
        <dl className="counts">
          {lists.map(({ section, total }) => (
            <div key={section.id}>
              <dt>
                <Link href={`/${name}/${section.id}`} prefetch={false}>
                  {text.sections[section.id]}
                </Link>
              </dt>
              <dd>{total.toLocaleString(config.locale)}</dd>
            </div>
          ))}
        </dl>
      )}
      {first && (
        <ul className="newest" aria-label={text.home.newest}>
          {first.rows.map((row) => (
            <li key={String(row.id)}>
              <span>{titleOf(first.section, row)}</span>
              <When at={String(row.created_at)} locale={config.locale} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function titleOf(section: Section, row: Record<string, unknown>): string {
  return section.title
    .map((column) => row[column])
    .filter((part) => typeof part === "string")
    .join(" ");
}
