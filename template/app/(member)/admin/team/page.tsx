import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { When } from "@/components/when";
import { clientConfig } from "@/lib/client-config";
import { member } from "@/lib/member";
import { peopleOf } from "@/lib/team";
import { words } from "@/lib/words";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await words()).team.title };
}

/** Who has an account here, for administrators. It is changed from outside: this application holds no key that could. */
export default async function TeamPage() {
  const [me, { locale }, { team: text }] = await Promise.all([member(), clientConfig(), words()]);
  if (me.role !== "admin" || me.own) notFound();
  const { people, more } = await peopleOf(me);
  const called = (role: string | null) =>
    Object.entries(text.toldRoles).find(([name]) => name === role)?.[1] ?? role ?? text.noRole;
  return (
    <>
      <header className="title">
        <h1>{text.title}</h1>
        <p className="lead">{text.lead}</p>
      </header>
      <p>{text.ask}</p>
      <table className="table" aria-label={text.title}>
        <thead>
          <tr>
            {[text.name, text.email, text.role, text.since].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {people.map((each) => (
            <tr key={each.id}>
              <td data-label={text.name}>{each.full_name || "–"}</td>
              <td data-label={text.email}>{each.email}</td>
              <td data-label={text.role}>{called(each.role)}</td>
              <td data-label={text.since}>
                {each.password_changed_at ? <When at={each.created_at} locale={locale} /> : text.waits}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more && <p className="none">{text.more}</p>}
    </>
  );
}
