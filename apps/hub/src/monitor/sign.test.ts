import { expect, test } from "vitest";
import { newWebhookSecret, signedHeaders } from "./sign.ts";

test("a message is signed as the example of Standard Webhooks is", () => {
  // From the specification's own libraries: secret, id, time and body give this signature.
  const headers = signedHeaders("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    atSeconds: 1614265330,
    body: '{"test": 2432232314}',
  });
  expect(headers).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test("secrets are of 32 bytes, and no two are alike", () => {
  const secret = newWebhookSecret();
  expect(Buffer.from(secret.replace("whsec_", ""), "base64")).toHaveLength(32);
  expect(newWebhookSecret()).not.toBe(secret);
});
