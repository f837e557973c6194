import { Secret } from "@atoll/core/secret";
import { type Explanation, messageIn, type Refusal, textAt } from "@atoll/provider-kit/explain";
import { createHttp, type Http, type HttpOptions } from "@atoll/provider-kit/http";
import { limits } from "./limits.ts";
import type { Transport } from "./send.ts";

interface ResendOptions extends Pick<HttpOptions, "fetch" | "clock" | "onCall" | "governor"> {
  /** An API key ("re_…"). */
  token: Secret;
  /** Default: https://api.resend.com */
  baseUrl?: string;
}

/** Resend's API. */
export function resendApi({ token, baseUrl = "https://api.resend.com", ...more }: ResendOptions): Http {
  return createHttp({
    ...more,
    provider: "Resend",
    baseUrl,
    token,
    headers: { "user-agent": "atoll" }, // 403 "error code: 1010" without one
    rateLimit: { resetHeader: "ratelimit-reset", resetIs: "seconds-left" },
    limits,
    explain,
  });
}

/** Sends by Resend, which keeps a key for 24 hours and sends once under it. `from` is "Name <address>". */
export function resend(api: Http, from: string): Transport {
  return {
    async deliver(mail, key) {
      const { id } = await api.post<{ id: string }>("/emails", {
        idempotencyKey: key,
        body: {
          from: mail.from ?? from,
          to: [mail.to],
          subject: mail.subject,
          // A first password may stand in it, and a refusal may repeat what was sent.
          html: new Secret("mail", mail.html),
          text: new Secret("mail", mail.text),
          reply_to: mail.replyTo,
        },
      });
      return { messageId: id };
    },
  };
}

const explanations: Record<string, Explanation> = {
  concurrent_idempotent_requests: { kind: "try-again", retryInMs: 2_000 },
  invalid_idempotent_request: {
    kind: "rejected",
    next: "Nothing, if the first one arrived: this mail was sent before, with another text.",
  },
  daily_quota_exceeded: {
    kind: "rejected",
    next: "Upgrade the Resend plan or wait until tomorrow, then retry the run.",
  },
  monthly_quota_exceeded: {
    kind: "rejected",
    next: "Upgrade the Resend plan or wait for the next month, then retry the run.",
  },
  invalid_from_address: { kind: "rejected", field: "from", next: "Correct MAIL_FROM, then retry the run." },
  restricted_api_key: {
    kind: "sign-in-again",
    next: "Give the hub a Resend key that may send, then retry the run.",
  },
};

function explain({ status, body }: Refusal): Explanation {
  const code = textAt(body, "name");
  const message = messageIn(body);
  const known = code === undefined ? undefined : explanations[code];
  // Also a 403: "The example.com domain is not verified", "You can only send testing emails to your own address".
  const refused: Explanation | undefined =
    status === 403 && code === "validation_error"
      ? { kind: "rejected", next: "Verify the sender's domain at Resend (Domains), then retry the run." }
      : undefined;
  return {
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(known ?? refused),
  };
}
