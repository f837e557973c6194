import type { Context } from "hono";
import { html } from "hono/html";
import type { AuthEnv } from "./env.ts";
import { makeLink } from "./links.ts";
import { AuthProblem } from "./problem.ts";
import { type UserRow, updateUser } from "./users.ts";

/** Subject and wording by kind of link, and which column remembers when the last one went out. */
const kinds = {
  signup: { subject: "Confirm your signup", says: "Confirm your mail", sent: "confirmation_sent_at" },
  invite: { subject: "You have been invited", says: "Accept the invitation", sent: "confirmation_sent_at" },
  magiclink: { subject: "Your magic link", says: "Sign in", sent: "recovery_sent_at" },
  recovery: { subject: "Reset your password", says: "Reset the password", sent: "recovery_sent_at" },
} as const;

/** Mails a one-time link into the mailbox of the local cloud. Refused when the last one is too fresh. */
export async function mailLink(
  c: Context<AuthEnv>,
  user: UserRow,
  type: keyof typeof kinds,
  given?: string,
): Promise<void> {
  const { auth } = c.get("project");
  const { subject, says, sent } = kinds[type];
  const waitMs = (user[sent]?.getTime() ?? 0) + auth.smtp_max_frequency * 1000 - Date.now();
  if (waitMs > 0) {
    throw new AuthProblem(
      429,
      "over_email_send_rate_limit",
      `For security purposes, you can only request this after ${Math.ceil(waitMs / 1000)} seconds.`,
    );
  }
  if (user.email === null) throw new AuthProblem(400, "validation_failed", "The user has no email address");
  const redirectTo = given ?? c.req.query("redirect_to");
  const { action_link, email_otp } = await makeLink(c.get("db"), user, type, {
    base: c.get("base"),
    siteUrl: auth.site_url,
    allowList: auth.uri_allow_list,
    ...(redirectTo === undefined ? {} : { redirectTo }),
  });
  await updateUser(c.get("db"), user.id, { [sent]: new Date() });
  c.get("send")({
    from: auth.smtp_admin_email ?? "noreply@mail.app.supabase.io",
    to: user.email,
    subject,
    text: `${says}: ${action_link}\n\nOr enter the code: ${email_otp}\n`,
    html: String(
      await html`<h2>${subject}</h2><p><a href="${action_link}">${says}</a></p><p>Or enter the code: ${email_otp}</p>`,
    ),
  });
}
