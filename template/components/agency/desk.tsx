import { colleaguesOf } from "@/lib/agency/company";
import { asked } from "@/lib/asked";
import { clientConfig, type ModuleName } from "@/lib/client-config";
import type { Member } from "@/lib/member";
import { listRecords, type Where } from "@/lib/records";
import type { ColumnName } from "@/lib/sections";
import { words } from "@/lib/words";
import { RecordTable } from "../record-table";

interface ListProps {
  me: Member;
  module: ModuleName;
  section: string;
  among: Where[];
  columns: ColumnName[];
  title: string;
  none: string;
}

/** A short list of what is due, soonest first. */
async function DueList({ me, module, section: id, among, columns, title, none }: ListProps) {
  const what = await asked(module, id);
  if (!what) return null;
  const section = { ...what.section, order: { by: "due_on", ascending: true } };
  const [{ rows }, text, { locale }, people] = await Promise.all([
    listRecords(me.database, section, 1, 10, among),
    words(),
    clientConfig(),
    colleaguesOf(me.database),
  ]);
  const shown = section.columns.filter(({ name }) => columns.includes(name));
  return (
    <section className="part" aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p className="none">{none}</p>
      ) : (
        <RecordTable {...{ module, section, rows, locale, text, people }} columns={shown} label={title} />
      )}
    </section>
  );
}

/** What waits for whoever is signed in: a member's tasks, the open invoices of a lead and of a client. */
export async function AgencyDesk({ me }: { me: Member }) {
  const { agency: text } = await words();
  const lead = me.role === "admin" || me.role === "manager";
  return (
    <>
      {(lead || me.role === "member") && (
        <DueList
          me={me}
          module="tasks"
          section="tasks"
          among={[
            { column: "assignee_id", value: me.id },
            { column: "completed_at", value: null },
          ]}
          columns={["title", "project_id", "due_on", "status"]}
          title={text.myTasks}
          none={text.noTasks}
        />
      )}
      {(lead || me.role === "client") && (
        <DueList
          me={me}
          module="invoices"
          section="invoices"
          among={[{ column: "status", value: "sent" }]}
          columns={["number", "client_id", "total_minor", "due_on"]}
          title={text.openInvoices}
          none={text.noInvoices}
        />
      )}
    </>
  );
}
