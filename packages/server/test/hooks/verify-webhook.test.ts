import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSignedHeaders, isSignedWith, parseWebhookSecret } from "../../src/hooks/verify-webhook.ts";

const NOW = Date.UTC(2026, 0, 1);
const AROUND = { nowMs: NOW, toleranceMs: 300_000 };
const SECRET = randomBytes(24);

function signature(secret: Buffer, text: string): string {
  return `v1,${createHmac("sha256", secret).update(text).digest("base64")}`;
}

test("a signature is what Standard Webhooks says it is", () => {
  // The example of its own libraries.
  const secret = parseWebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") as Buffer;
  const signed = {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp: "1614265330",
    signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };
  expect(isSignedWith(secret, signed, Buffer.from('{"test": 2432232314}'))).toBe(true);
  expect(isSignedWith(secret, signed, Buffer.from('{"test": 2432232315}'))).toBe(false);
});

describe("a signature", () => {
  const signed = { id: "msg", timestamp: "1", signature: signature(SECRET, "msg.1.body") };
  const body = Buffer.from("body");

  test("counts wherever it stands among others", () => {
    const old = signature(randomBytes(24), "msg.1.body");
    for (const text of [`${old} ${signed.signature}`, `${signed.signature} ${old}`, `v1a,AAAA ${signed.signature}`]) {
      expect(isSignedWith(SECRET, { ...signed, signature: text }, body)).toBe(true);
    }
  });

  test("of another version, cut, empty or of another secret does not count", () => {
    const [, base64 = ""] = signed.signature.split(",");
    const wrong = [`v2,${base64}`, base64, `v1,${base64.slice(0, -4)}`, "v1,", "v1", "", " ", old(), `v1, ${base64}`];
    for (const text of wrong) expect(isSignedWith(SECRET, { ...signed, signature: text }, body)).toBe(false);
    expect(isSignedWith(randomBytes(24), signed, body)).toBe(false);
    function old(): string {
      return signature(randomBytes(24), "msg.1.body");
    }
  });

  test("is of the id and the timestamp too", () => {
    expect(isSignedWith(SECRET, { ...signed, id: "msg2" }, body)).toBe(false);
    expect(isSignedWith(SECRET, { ...signed, timestamp: "2" }, body)).toBe(false);
  });

  test("is never found by chance", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const text = `v1,${Buffer.from(bytes).toString("base64")}`;
        expect(isSignedWith(SECRET, { ...signed, signature: text }, body)).toBe(text === signed.signature);
      }),
    );
  });
});

describe("headers", () => {
  const headers = { "webhook-id": "msg", "webhook-timestamp": String(NOW / 1_000), "webhook-signature": "v1,x" };

  test("are enough when all are there and of now", () => {
    expect(checkSignedHeaders(headers, AROUND)).toEqual({
      ok: true,
      signed: { id: "msg", timestamp: String(NOW / 1_000), signature: "v1,x" },
    });
    for (const seconds of [-300, 300]) {
      const timestamp = String(NOW / 1_000 + seconds);
      expect(checkSignedHeaders({ ...headers, "webhook-timestamp": timestamp }, AROUND).ok).toBe(true);
    }
  });

  test.each([
    ["webhook-id", undefined, "The header webhook-id is missing."],
    ["webhook-id", "x".repeat(257), "The webhook-id is longer than 256 characters."],
    ["webhook-timestamp", undefined, "The header webhook-timestamp is missing."],
    ["webhook-timestamp", "yesterday", "The webhook-timestamp is not a whole number of seconds since 1970."],
    ["webhook-timestamp", "1e99", "The webhook-timestamp is not a whole number of seconds since 1970."],
    ["webhook-timestamp", String(NOW / 1_000 - 301), "The webhook-timestamp is too long ago: 300 s are allowed."],
    [
      "webhook-timestamp",
      String(NOW / 1_000 + 301),
      "The webhook-timestamp is too far in the future: 300 s are allowed.",
    ],
    ["webhook-signature", "", "The header webhook-signature is missing."],
  ])("with a %s of %j are refused", (name, value, reason) => {
    expect(checkSignedHeaders({ ...headers, [name]: value }, AROUND)).toEqual({ ok: false, reason });
  });
});

test("a secret is base 64, of some length", () => {
  const text = SECRET.toString("base64");
  expect(parseWebhookSecret(`whsec_${text}`)).toEqual(SECRET);
  expect(parseWebhookSecret(` whsec_${text}\n`)).toEqual(SECRET);
  for (const bad of ["", "whsec_", "whsec_c2hvcnQ=", "whsec_not base 64 at all!"]) {
    expect(parseWebhookSecret(bad)).toBeUndefined();
  }
});

test("what was signed cannot be cut at another full stop", () => {
  const mac = signature(SECRET, 'order.1767225600.1767225660.{"id":7}');
  const sent = { id: "order.1767225600", timestamp: "1767225660", signature: mac };
  expect(isSignedWith(SECRET, sent, Buffer.from('{"id":7}'))).toBe(true);
  const cut = { id: "order", timestamp: "1767225600", signature: mac };
  expect(isSignedWith(SECRET, cut, Buffer.from('1767225660.{"id":7}'))).toBe(false);
  const number = { id: "a", timestamp: "1767225660", signature: signature(SECRET, "a.1767225660.3.14") };
  expect(isSignedWith(SECRET, number, Buffer.from("3.14"))).toBe(true);
});
