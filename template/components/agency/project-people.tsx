import { colleaguesOf } from "@/lib/agency/company";
import { takeOffProject } from "@/lib/agency/people-actions";
import type { Member } from "@/lib/member";
import { peopleOn } from "@/lib/records";
import { words } from "@/lib/words";
import { Deed } from "../deed";
import { AddPerson } from "./add-person";

/** Who works on a project; leads put people on it and take them off. */
export async function ProjectPeople({ me, project }: { me: Member; project: string }) {
  if (me.role === "client") return null;
  const [text, people, colleagues] = await Promise.all([
    words(),
    peopleOn(me.database, project),
    colleaguesOf(me.database),
  ]);
  const lead = me.role !== "member";
  const on = new Set(people.map(({ value }) => value));
  const others = [...colleagues].filter(([id]) => !on.has(id)).map(([value, label]) => ({ value, label }));
  return (
    <section className="card" aria-labelledby="people">
      <h2 id="people">{text.agency.people}</h2>
      {people.length === 0 && <p className="none">{text.agency.nobody}</p>}
      <ul className="articles">
        {people.map(({ value, label }) => (
          <li key={value}>
            <span>{label}</span>
            {lead && (
              <Deed
                action={takeOffProject.bind(null, project, value)}
                label={text.agency.takeOff}
                className="quiet"
              />
            )}
          </li>
        ))}
      </ul>
      {lead && others.length > 0 && (
        <AddPerson project={project} people={others} text={text.agency} choose={text.list.choose} />
      )}
    </section>
  );
}
