import { clientConfig } from "@/lib/client-config";
import type { Member } from "@/lib/member";
import { formOf } from "@/lib/records";
import { words } from "@/lib/words";
import { Disclosure } from "../disclosure";
import { UploadForm } from "./upload-form";

/** The form that adds a file to a project: to this one, or to one that is chosen. */
export async function UploadFile({ me, project }: { me: Member; project?: string }) {
  const [{ modules }, text] = await Promise.all([clientConfig(), words()]);
  if (!modules.includes("files")) return null;
  const field = { name: "project_id", input: "row", from: "projects" } as const;
  const form = project ? undefined : await formOf(me.database, [field], {});
  return (
    <Disclosure summary={text.agency.upload} first={false}>
      <UploadForm
        project={project}
        projects={form?.choices.project_id ?? []}
        mayShare={me.role !== "client"}
        text={text.agency}
        choose={text.list.choose}
      />
    </Disclosure>
  );
}
