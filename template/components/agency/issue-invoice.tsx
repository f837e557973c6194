import { issueInvoice } from "@/lib/agency/invoice-actions";
import type { Member } from "@/lib/member";
import type { Row } from "@/lib/sections";
import { words } from "@/lib/words";
import { Deed } from "../deed";

/** Makes an invoice of a draft. */
export async function IssueInvoice({ me, id, row }: { me: Member; id: string; row: Row }) {
  if (row.status !== "draft" || me.role === "client") return null;
  const { agency: text } = await words();
  return (
    <section className="card" aria-label={text.issue}>
      <p className="lead">{text.issueLead}</p>
      <Deed action={issueInvoice.bind(null, id)} label={text.issue} />
    </section>
  );
}
