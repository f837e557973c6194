import { localTokens } from "../../packages/local-cloud/src/kit/settings.ts";
import { holdAgainstDescription } from "./calls.ts";

const mail = {
  from: "Atoll <hello@atoll.local>",
  to: ["ada@example.com"],
  subject: "Welcome",
  html: "<p>Hi</p>",
  text: "Hi",
  reply_to: "help@atoll.local",
  tags: [{ name: "instance", value: "abc" }],
};

holdAgainstDescription({
  provider: "Resend",
  file: "resend.trim.json",
  base: "/resend",
  headers: { authorization: `Bearer ${localTokens.resend}`, "user-agent": "atoll" },
  calls: [
    { call: "POST /emails", body: mail, keep: ({ id }) => ({ id }) },
    { call: "POST /emails", body: { ...mail, to: "one@example.com" } },
    { call: "POST /emails", body: mail, headers: { authorization: "Bearer re_wrong" }, status: 403 },
    { call: "POST /emails", body: { from: mail.from, to: mail.to }, status: 422 },
    { call: "GET /emails/{id}" },
    { call: "POST /emails/batch", body: [mail, { ...mail, to: ["bob@example.com"] }] },
    { call: "GET /domains", keep: ({ data }) => ({ domain: data[0].id }) },
    { call: "GET /domains/{domain}" },
  ],
  exceptions: [
    {
      difference: /^POST \/emails: answer (403|422) is not described$/,
      reason:
        "the description has no answer but success; the errors stand on resend.com/docs/api-reference/errors",
    },
  ],
});
