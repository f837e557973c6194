import Link from "next/link";
import { When } from "@/components/when";
import { clientConfig, type ModuleName } from "@/lib/client-config";
import { environment } from "@/lib/environment";
import { type Member, member } from "@/lib/member";
import { tabsOf } from "@/lib/modules";
import { listRecords, titleOf } from "@/lib/records";
import { fill, words } from "@/lib/words";
import { AgencyDesk } from "./agency/desk";
import { modulesOf } from "./shell";

/** What is going on, for whoever is signed in: a card for each module that they see. */
export async function Overview() {
  const [me, config, text] = await Promise.all([member(), clientConfig(), words()]);
  const modules = await modulesOf(me);
  const client = config.client.name || environment().clientName || "";
  const noRole = me.blueprint !== "business" && me.role === "";
  return (
    <>
      <header className="title">
        <h1>{fill(text.home.hello, { name: me.fullName })}</h1>
        <p className="lead">{fill(text.home.lead, { client })}</p>
      </header>
      {modules.length === 0 && (
        <div className="empty">
          <strong>{noRole ? text.home.noRole : text.home.noModules}</strong>
          <p>{noRole ? text.home.noRoleLead : text.home.noModulesLead}</p>
        </div>
      )}
      {me.blueprint === "agency" && <AgencyDesk me={me} />}
      <div className="cards">
        {modules.map((name) => (
          <ModuleCard key={name} name={name} me={me} />
        ))}
      </div>
    </>
  );
}

async function ModuleCard({ name, me }: { name: ModuleName; me: Member }) {
  const [config, text] = await Promise.all([clientConfig(), words()]);
  const lists = await Promise.all(
    tabsOf(me, name).map(async (section) => ({
      section,
      ...(await listRecords(me.database, section, 1, 3)),
    })),
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
            <li key={String(row[first.section.key ?? "id"])}>
              <span>{titleOf(first.section, row) || text.list.untitled}</span>
              <When at={String(row.created_at)} locale={config.locale} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
