import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { createLink } from "@tanstack/react-router";
import type { ReactNode, Ref } from "react";

interface Props extends Omit<AnchorProps, "href"> {
  ref?: Ref<HTMLAnchorElement>;
}

/** A link to another page of the console. */
export const TextLink = createLink((props: Props) => <Anchor {...props} />);

interface ButtonLinkProps extends Omit<ButtonProps, "href"> {
  ref?: Ref<HTMLAnchorElement>;
  children?: ReactNode;
}

/** A link to another page of the console that looks like a button. */
export const ButtonLink = createLink((props: ButtonLinkProps) => <Button component="a" {...props} />);

/** A link to another site, in a new tab. Only http(s) addresses become links. */
export function OutLink({ href, children }: { href: string; children?: string }) {
  const shown = children ?? href.replace(/^https?:\/\//, "");
  if (!/^https?:\/\//.test(href)) return <span>{shown}</span>;
  return (
    <Anchor href={href} target="_blank" rel="noreferrer" inherit>
      {shown} <IconExternalLink size={13} aria-label="(opens a new tab)" style={{ verticalAlign: "-1px" }} />
    </Anchor>
  );
}
