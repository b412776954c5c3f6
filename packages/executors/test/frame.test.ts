import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeBinaryFrame, encodeFrame, FrameReader } from "../src/framing/frame.ts";

test("frames come out as they went in, however the bytes are cut", () => {
  const frames = fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" })), { maxLength: 8 });
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }), (given, cuts) => {
      const bytes = Buffer.concat(given.map(([header, payload]) => encodeFrame(header, payload)));
      const got: [string, string][] = [];
      const reader = new FrameReader((header, payload) => got.push([header, payload.toString("utf8")]));
      for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
        const length = Math.min(cuts[cut % cuts.length] ?? 1, bytes.length - at);
        reader.push(bytes.subarray(at, at + length));
        at += length;
      }
      expect(got).toEqual(given);
    }),
  );
});

test("a payload of bytes stays bytes, and lengths that cannot be are refused", () => {
  const payload = Uint8Array.from([0, 255, 10]);
  let got: Buffer | undefined;
  new FrameReader((_header, bytes) => {
    got = Buffer.from(bytes);
  }).push(encodeBinaryFrame("{}", payload));
  expect(got).toEqual(Buffer.from(payload));
  expect(() => new FrameReader(() => undefined).push(Buffer.alloc(16, 255))).toThrow(RangeError);
});
