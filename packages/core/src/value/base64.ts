/**
 * Base 64 (RFC 4648, section 4: `+`, `/`, padded), written out because core has no Node and no browser to ask, and
 * because the language's own `toBase64` is not on every Node we run on.
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const PAD = "=".charCodeAt(0);
/** By character code: the six bits it stands for. What is no letter of the alphabet stands for nothing. */
const BITS = new Uint8Array(128);
for (let index = 0; index < CODES.length; index += 1) BITS[byteAt(CODES, index)] = index;

/** Characters made at once; `fromCharCode` takes its arguments on the stack. A multiple of 4. */
const CHUNK = 8192;

export function toBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(CHUNK);
  const whole = bytes.length - (bytes.length % 3);
  let text = "";
  let filled = 0;
  for (let from = 0; from < whole; from += 3) {
    writeGroup(codes, filled, (byteAt(bytes, from) << 16) | (byteAt(bytes, from + 1) << 8) | byteAt(bytes, from + 2));
    filled += 4;
    if (filled < CHUNK) continue;
    text += textOf(codes);
    filled = 0;
  }
  text += textOf(codes.subarray(0, filled));
  return whole === bytes.length ? text : text + lastGroup(bytes.subarray(whole));
}

/** One or two bytes, and padding for what is missing to three. */
function lastGroup(bytes: Uint8Array): string {
  const codes = new Uint8Array(4);
  writeGroup(codes, 0, (byteAt(bytes, 0) << 16) | (bytes.length === 2 ? byteAt(bytes, 1) << 8 : 0));
  codes.fill(PAD, bytes.length + 1);
  return textOf(codes);
}

function writeGroup(codes: Uint8Array, at: number, group: number): void {
  codes[at] = byteAt(CODES, group >> 18);
  codes[at + 1] = byteAt(CODES, (group >> 12) & 63);
  codes[at + 2] = byteAt(CODES, (group >> 6) & 63);
  codes[at + 3] = byteAt(CODES, group & 63);
}

/** For indexes that are known to be inside. */
function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] as number;
}

function textOf(codes: Uint8Array): string {
  // Given as an array-like: spreading would iterate, at twenty times the cost.
  return String.fromCharCode.apply(null, codes as unknown as number[]);
}

/** Reads what `toBase64` wrote. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let to = 0;
  for (let from = 0; from < text.length; from += 4) {
    const group =
      (bitsAt(text, from) << 18) |
      (bitsAt(text, from + 1) << 12) |
      (bitsAt(text, from + 2) << 6) |
      bitsAt(text, from + 3);
    // Writes past the end, of padding, are ignored by typed arrays.
    bytes[to] = group >> 16;
    bytes[to + 1] = (group >> 8) & 255;
    bytes[to + 2] = group & 255;
    to += 3;
  }
  return bytes;
}

function bitsAt(text: string, index: number): number {
  return byteAt(BITS, text.charCodeAt(index));
}
