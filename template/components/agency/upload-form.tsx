"use client";

import { type FormEvent, useId, useRef, useState } from "react";
import { beginUpload, finishUpload } from "@/lib/agency/file-actions";
import { maxFileBytes } from "@/lib/agency/file-name";
import type { Messages } from "@/lib/messages/en";
import type { RecordState } from "@/lib/record-actions";

interface Props {
  project: string | undefined;
  projects: readonly { value: string; label: string }[];
  mayShare: boolean;
  text: Messages["agency"];
  choose: string;
}

/** Sends a file from the browser to the store; the server notes it before and looks at it afterwards. */
export function UploadForm({ project, projects, mayShare, text, choose }: Props) {
  const [state, say] = useState<RecordState>({});
  const [sending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const id = useId();

  async function send(data: FormData): Promise<RecordState> {
    const file = data.get("file");
    if (!(file instanceof File) || file.name === "" || file.size > maxFileBytes)
      return { message: text.chooseFile };
    const { name, type, size: sizeBytes } = file;
    const shared = data.get("shared") === "true";
    const to = project ?? String(data.get("project") ?? "");
    const begun = await beginUpload({ project: to, name, type, sizeBytes, shared });
    if ("message" in begun) return begun;
    const headers = { "content-type": type || "application/octet-stream" };
    // Whether it arrived is asked of the store, not of this answer.
    await fetch(begun.url, { method: "PUT", headers, body: file }).catch(() => undefined);
    return finishUpload(begun.id);
  }

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setSending(true);
    const answer = await send(new FormData(event.currentTarget)).catch(() => ({
      message: text.uploadFailed,
    }));
    say(answer);
    setSending(false);
    if ("saved" in answer && answer.saved) form.current?.reset();
  }

  return (
    <form ref={form} onSubmit={submit} className="form grid">
      {!project && (
        <div className="field">
          <label htmlFor={`${id}-project`}>{text.project}</label>
          <select id={`${id}-project`} name="project" required defaultValue="">
            <option value="">{choose}</option>
            {projects.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
      )}
      <div className="field">
        <label htmlFor={`${id}-file`}>{text.file}</label>
        <input id={`${id}-file`} name="file" type="file" required />
      </div>
      {mayShare && (
        <div className="field">
          <label htmlFor={`${id}-shared`}>{text.share}</label>
          <input id={`${id}-shared`} name="shared" type="checkbox" value="true" />
        </div>
      )}
      <div className="form-end wide">
        <button type="submit" className="button" disabled={sending} aria-busy={sending}>
          {sending ? text.sending : text.send}
        </button>
        <p className={state.saved ? "good" : "problem"} role="status">
          {state.message}
        </p>
      </div>
    </form>
  );
}
