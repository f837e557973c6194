import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { Fault } from "@atoll/core/fault";
import { isInside } from "../answers/private-address.ts";
import { outsideOnly } from "./outside.ts";

const timeoutMs = 10_000;

const insideFault = () =>
  new Fault("rejected", {
    what: "The address leads to this machine or an inner network.",
    next: "Use a public address, or set ATOLL_WEBHOOKS_INSIDE=1 where that is meant.",
    field: "url",
  });

/** Throws the fault of an address that no webhook may have. Names are looked up when something is sent. */
export function mustBeSendable(address: string, allowsInside: boolean): void {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw new Fault("rejected", {
      what: "It is no http or https address.",
      next: "Give the whole address of the receiver, such as https://alerts.example/atoll.",
      field: "url",
    });
  if (url.username !== "" || url.password !== "")
    throw new Fault("rejected", {
      what: "The address holds a name or a password, which would stand in the open.",
      next: "Leave them out: messages are signed, and the receiver checks the signature.",
      field: "url",
    });
  if (!allowsInside && isInside(url.hostname)) throw insideFault();
}

/** Posts a body and gives the status. Follows no redirect; throws a fault or the connection's error. */
export function sendTo(
  address: string,
  message: { body: string; headers: Record<string, string> },
  allowsInside: boolean,
): Promise<number> {
  mustBeSendable(address, allowsInside);
  const url = new URL(address);
  const send = url.protocol === "https:" ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const sent = send(
      url,
      {
        method: "POST",
        agent: false,
        timeout: timeoutMs,
        signal: AbortSignal.timeout(timeoutMs),
        ...(!allowsInside && { lookup: outsideOnly(insideFault) }),
        headers: {
          "content-type": "application/json",
          "user-agent": "atoll",
          "content-length": Buffer.byteLength(message.body),
          ...message.headers,
        },
      },
      (answer) => {
        answer.destroy(); // nothing that it says is used
        resolve(answer.statusCode ?? 0);
      },
    );
    sent.once("timeout", () => sent.destroy(new Error("timeout")));
    sent.once("error", reject);
    sent.end(message.body);
  });
}
