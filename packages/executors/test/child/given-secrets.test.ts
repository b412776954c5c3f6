import { encode, isMillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import { GivenSecrets } from "../../src/child/given-secrets.ts";

const TOKEN = 'p"ä/+ss word\\1';

function codeOf(value: unknown, secret = TOKEN): string | null {
  const given = new GivenSecrets();
  given.add("shop-token", secret);
  try {
    given.refuse(encode(value), 'output of task "load"');
    return null;
  } catch (error) {
    expect(String(error)).not.toContain(secret);
    return isMillraceError(error) ? error.code : String(error);
  }
}

test.each([
  ["as it is", TOKEN],
  ["in a text", `the token is ${TOKEN}.`],
  ["as a field's name", { deep: [{ [TOKEN]: 1 }] }],
  ["in JSON in a text", { body: JSON.stringify({ token: TOKEN }) }],
  ["in an address", `https://shop.example/?token=${encodeURIComponent(TOKEN)}`],
  ["in a form", new URLSearchParams({ token: TOKEN }).toString()],
  ["in base64, behind a name", Buffer.from(`user:${TOKEN}`).toString("base64")],
  ["in hexadecimal", Buffer.from(TOKEN).toString("hex")],
  ["as bytes", new TextEncoder().encode(TOKEN)],
  ["in a map", new Map([["token", TOKEN]])],
])("an output that holds a secret is refused: %s", (_how, value) => {
  expect(codeOf(value)).toBe("SECRET_IN_OUTPUT");
});

test("the refusal names the secret, and says what to do", () => {
  const given = new GivenSecrets();
  expect(given.isEmpty).toBe(true);
  given.add("shop-token", TOKEN);
  expect(given.isEmpty).toBe(false);
  expect(() => given.refuse(encode([TOKEN]), 'output of task "load"')).toThrow(
    expect.objectContaining({
      message: 'The value of the secret "shop-token" is in the output of task "load".',
      hint: 'Leave it out, and ask for it with secret("shop-token") where it is needed.',
    }),
  );
});

test("a value of several lines is found with its breaks, without the last, and by lines that are no words", () => {
  const body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw";
  const key = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`;
  expect(codeOf(key, key)).toBe("SECRET_IN_OUTPUT");
  expect(codeOf(key.trim(), key)).toBe("SECRET_IN_OUTPUT");
  expect(codeOf(key.split("\n"), key)).toBe("SECRET_IN_OUTPUT");
  expect(codeOf("-----BEGIN PRIVATE KEY-----", key)).toBeNull();
});

test("what does not hold it goes through, and so does a short value", () => {
  expect(codeOf({ rows: 12, name: "shop-token" })).toBeNull();
  expect(codeOf(["1234567", " 1234567 "], "1234567\n")).toBeNull();
});
