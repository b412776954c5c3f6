import { createHash } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AttemptLog } from "../../src/logs/attempt-log.ts";
import type { LogLine, LogWriter } from "../../src/logs/log-store.ts";
import { SecretMask } from "../../src/logs/secret-mask.ts";

/** Ways in which programs write a text that they were given. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  base64: (text) => Buffer.from(text).toString("base64"),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  "base64 after a user": (text) => Buffer.from(`user:${text}`).toString("base64"),
  "base64 before a user": (text) => Buffer.from(`${text}:user`).toString("base64"),
  hex: (text) => Buffer.from(text).toString("hex"),
  "capital hex": (text) => Buffer.from(text).toString("hex").toUpperCase(),
  url: encodeURIComponent,
  "small url": (text) => encodeURIComponent(text).replace(/%../g, (hex) => hex.toLowerCase()),
  form: (text) => new URLSearchParams({ text }).toString(),
  json: (text) => JSON.stringify({ text }),
  "json in ascii": (text) =>
    JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
  "json with escaped slashes": (text) => JSON.stringify(text).replaceAll("/", "\\/"),
  "json in json": (text) => JSON.stringify({ body: JSON.stringify({ text }) }),
  "an object on the console": (text) => inspect({ text: `${text}"'` }),
  "json on the console": (text) => inspect({ body: JSON.stringify({ text }) }),
};

const CANARIES = 1_000;

/** Long enough to be told from chance, with the letters that encodings write differently. */
function canary(index: number): string {
  const random = createHash("sha256")
    .update(`canary ${index}`)
    .digest("base64")
    .slice(0, 8 + (index % 24));
  return [random, `${random}"ä/`, `p w+${random}`, `${random}\\ü=`][index % 4] ?? random;
}

/** What a program wrote, in chunks of these lengths, as it stands in the log. */
function logged(secret: string, written: string, cuts: readonly number[]): string {
  const lines: LogLine[] = [];
  const writer: LogWriter = {
    append: (line) => lines.push(line),
    flush: () => undefined,
    overfull: false,
    relieved: (callback) => callback(),
    discard: () => undefined,
    close: (done) => done(),
  };
  const mask = new SecretMask();
  mask.add([secret]);
  const log = new AttemptLog(() => writer, mask);
  const bytes = Buffer.from(written);
  for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
    const length = cuts[cut % cuts.length] ?? 1;
    log.chunk("stdout", bytes.subarray(at, at + length));
    at += length;
  }
  log.close(() => undefined);
  return lines.map(({ text }) => text).join("\n");
}

test.each(Object.keys(ENCODINGS))("no canary is in the clear as %s, wherever the chunks were cut", (name) => {
  const encode = ENCODINGS[name] as (text: string) => string;
  const found: string[] = [];
  for (let index = 0; index < CANARIES; index += 1) {
    const secret = canary(index);
    const written = encode(secret);
    const text = logged(secret, `before ${written} after\n`, [1 + (index % 13), 3, 1 + (index % 7)]);
    // The characters at both ends of base64 may carry bits of a neighbour; what is in the middle must be gone.
    if (!text.includes("***") || text.includes(written.slice(2, -2))) found.push(`${secret}: ${text}`);
  }
  expect(found).toEqual([]);
});

test("nothing else is taken out with a secret", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]{0,60}$/), (text) => {
      const secret = "no-such-secret-0123456789";
      fc.pre(!text.includes(secret));
      expect(logged(secret, `${text}.\n`, [7])).toBe(`${text}.`);
    }),
  );
});

test("a short value is let through in every form", () => {
  expect(logged("abc", "abc 616263 YWJj", [4])).toBe("abc 616263 YWJj");
});
