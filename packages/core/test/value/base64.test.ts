import { decode, encode } from "@millrace/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** The text between the quotes of an encoded Uint8Array. */
function base64Of(bytes: Uint8Array): string {
  return JSON.parse(encode(bytes)).v;
}

describe("base 64", () => {
  // RFC 4648, section 10.
  it.each([
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foo", "Zm9v"],
    ["foob", "Zm9vYg=="],
    ["fooba", "Zm9vYmE="],
    ["foobar", "Zm9vYmFy"],
  ])("writes %j as %j", (text, base64) => {
    expect(base64Of(new TextEncoder().encode(text))).toBe(base64);
  });

  it("is what Node makes of the same bytes, both ways", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString("base64"));
        expect(decode(encode(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each([6_143, 6_144, 6_145, 20_000])("holds over the parts in which %d bytes are written", (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 256);
    expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString("base64"));
    expect(decode(encode(bytes))).toEqual(bytes);
  });
});
