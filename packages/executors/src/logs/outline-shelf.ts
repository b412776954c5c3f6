import type { FileHandle } from "node:fs/promises";
import { openIfThere } from "./file-log-reader.ts";
import { LogOutline } from "./log-outline.ts";

/** Read at once: short enough that nobody else on the thread notices. */
const CHUNK_BYTES = 512 * 1024;
const NEWLINE = 0x0a;
/** Outlines that are kept: one of a log of 100 MB takes about a megabyte. */
const MOST_OUTLINES = 8;

/** Outlines of the logs that were asked about last; each is continued before it is given. */
export class OutlineShelf {
  readonly #outlines = new Map<string, Promise<LogOutline>>();

  /** The outline of a log as it is now. A file that is not there has no lines. */
  of(path: string): Promise<LogOutline> {
    const known = this.#outlines.get(path);
    const now = continued(path, known);
    this.#outlines.delete(path);
    this.#outlines.set(path, now);
    const [oldest] = this.#outlines.keys();
    if (this.#outlines.size > MOST_OUTLINES && oldest !== undefined) this.#outlines.delete(oldest);
    // Who asks is told; the next one begins anew.
    now.catch(() => this.#outlines.delete(path));
    return now;
  }
}

async function continued(path: string, known: Promise<LogOutline> | undefined): Promise<LogOutline> {
  const before = await known?.catch(() => undefined);
  const file = await openIfThere(path);
  if (file === undefined) return new LogOutline();
  try {
    const { size } = await file.stat();
    // A file that is shorter than it was is another one.
    const outline = before === undefined || before.offset > size ? new LogOutline() : before;
    await takeRest(file, outline);
    return outline;
  } finally {
    await file.close();
  }
}

async function takeRest(file: FileHandle, outline: LogOutline): Promise<void> {
  let bytes = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, outline.offset);
    if (bytesRead === 0) return;
    const end = bytes.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
    if (end > 0) outline.take(bytes.subarray(0, end));
    // The end of what is there, in the middle of a line.
    else if (bytesRead < bytes.length) return;
    else bytes = Buffer.allocUnsafe(2 * bytes.length);
  }
}
