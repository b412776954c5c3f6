import { MillraceError } from "./errors/millrace-error.ts";

/** A size as authors write it: text such as `"512MB"` or `"2GiB"`, or a number of bytes. Inside, sizes are bytes. */
export type ByteSize = string | number;

const UNIT_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/**
 * Reads a size into whole bytes. `KB`, `MB`, `GB` and `TB` are powers of 1000, `KiB`, `MiB`, `GiB` and `TiB` powers of
 * 1024 (IEC 80000-13); case does not matter.
 *
 * @param option what the size is for, to name it in the message: `memory of task "load"`.
 * @throws MillraceError `INVALID_OPTION` for anything else: negative, not finite, no unit, an unknown unit.
 */
export function parseByteSize(size: ByteSize, option = "size"): number {
  const bytes = typeof size === "number" ? size : readSize(size);
  if (bytes !== undefined && bytes >= 0 && Number.isSafeInteger(Math.round(bytes))) return Math.round(bytes);
  throw new MillraceError(
    "INVALID_OPTION",
    `The ${option} is not a size: ${typeof size === "string" ? JSON.stringify(size) : String(size)}.`,
    { hint: 'Write it like "512MB" or "2GiB", or give a number of bytes, zero or more.' },
  );
}

function readSize(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?i?b)\s*$/i.exec(text);
  if (match === null) return undefined;
  const unit = UNIT_BYTES[String(match[2]).toLowerCase()];
  return unit === undefined ? undefined : Number(match[1]) * unit;
}

/** Writes a size for people, in powers of 1024: `812 B`, `64.0 KiB`, `5.0 GiB`. */
export function formatByteSize(bytes: number): string {
  if (bytes < 1023.5) return `${Math.round(bytes)} B`;
  let rest = bytes / 1024;
  for (const unit of ["KiB", "MiB", "GiB"]) {
    // 1023.95 would be written as 1024.0, which is 1.0 of the next unit.
    if (rest < 1023.95) return `${rest.toFixed(1)} ${unit}`;
    rest /= 1024;
  }
  return `${rest.toFixed(1)} TiB`;
}
