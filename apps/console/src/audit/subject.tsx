import { TextLink } from "../parts/links.tsx";

/** What a row of the audit log is about; a link where it has a page. */
export function Subject({ subject }: { subject: string }) {
  const [kind = "", ...rest] = subject.split("/");
  const id = rest.join("/");
  if (id === "") return subject;
  if (kind === "instance")
    return (
      <TextLink to="/instances/$slug" params={{ slug: id }} inherit>
        {subject}
      </TextLink>
    );
  if (kind === "request")
    return (
      <TextLink to="/requests/$id" params={{ id }} inherit>
        {subject}
      </TextLink>
    );
  if (kind === "run")
    return (
      <TextLink to="/runs/$id" params={{ id }} inherit>
        {subject}
      </TextLink>
    );
  if (kind === "rollout")
    return (
      <TextLink to="/rollouts/$id" params={{ id }} inherit>
        {subject}
      </TextLink>
    );
  return subject;
}
