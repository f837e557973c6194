import type { Member } from "@/lib/member";
import type { Row, Section } from "@/lib/sections";
import { FilePanel } from "./agency/file-panel";
import { IssueInvoice } from "./agency/issue-invoice";
import { ProjectPeople } from "./agency/project-people";
import { UploadFile } from "./agency/upload-file";
import { AdjustStock } from "./shop/adjust-stock";

interface Props {
  me: Member;
  section: Section;
  id: string;
  row: Row;
}

/** What only one kind of row has on its page. */
export function Panels({ me, section, id, row }: Props) {
  // Sections of other kinds may have the same names.
  if (me.blueprint === "own") return null;
  switch (section.id) {
    case "variants":
    case "levels":
    case "low":
      return <AdjustStock me={me} variant={id} />;
    case "projects":
      return (
        <>
          <ProjectPeople me={me} project={id} />
          <UploadFile me={me} project={id} />
        </>
      );
    case "files":
      return <FilePanel me={me} id={id} row={row} />;
    case "invoices":
      return <IssueInvoice me={me} id={id} row={row} />;
    default:
      return null;
  }
}
