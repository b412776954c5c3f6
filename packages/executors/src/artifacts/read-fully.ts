import { fstatSync, readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";

/** No single read asks for more: the system gives at most 2 GiB at once. */
const MAX_READ_BYTES = 1024 ** 3;

/**
 * Reads that many bytes, or throws: a file that is shorter is damaged.
 *
 * @param at an offset; a negative one counts from the end.
 */
export function readFully(fd: number, at: number, length: number): Buffer {
  const start = at < 0 ? fstatSync(fd).size + at : at;
  const bytes = Buffer.allocUnsafe(length);
  for (let read = 0; read < length; ) {
    const got = start < 0 ? 0 : readSync(fd, bytes, read, Math.min(length - read, MAX_READ_BYTES), start + read);
    if (got === 0) throw tooShort(start, length);
    read += got;
  }
  return bytes;
}

/** The same without blocking. */
export async function readFullyAsync(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const start = at < 0 ? (await file.stat()).size + at : at;
  const bytes = Buffer.allocUnsafe(length);
  for (let read = 0; read < length; ) {
    const wanted = Math.min(length - read, MAX_READ_BYTES);
    const got = start < 0 ? 0 : (await file.read(bytes, read, wanted, start + read)).bytesRead;
    if (got === 0) throw tooShort(start, length);
    read += got;
  }
  return bytes;
}

function tooShort(at: number, length: number): RangeError {
  return new RangeError(`the file ends before byte ${at + length}`);
}
