import { appendFile, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { seekLine, visitLines } from "../logs/file-log-reader.ts";
import { LineIndexer } from "../logs/line-indexer.ts";
import { indexPath } from "../logs/log-format.ts";

/**
 * The log of one attempt that runs elsewhere, as this server keeps it. Pieces say where they begin; what is there already
 * is not written again. So a worker that is not sure sends a piece twice, and the file itself says where to go on.
 */
export class LogSink {
  readonly #path: string;
  readonly #onProblem: (error: unknown) => void;
  #bytes: number | undefined;
  #indexer: LineIndexer | undefined;
  #hasFailed = false;
  #last: Promise<void> = Promise.resolve();

  /** @param onProblem told once when the log cannot be written. */
  constructor(path: string, onProblem: (error: unknown) => void) {
    this.#path = path;
    this.#onProblem = onProblem;
  }

  /** How much of the log is kept. */
  async bytes(): Promise<number> {
    await this.#last;
    this.#bytes ??= await sizeOf(this.#path);
    return this.#bytes;
  }

  /** Takes the bytes over. @param done gets how much of the log needs not be sent again. */
  take(at: number, bytes: Buffer, done: (kept: number) => void): void {
    const before = this.#last;
    const takeOver = async (): Promise<void> => {
      await before;
      done(await this.#takeIn(at, bytes));
    };
    this.#last = takeOver();
  }

  async #takeIn(at: number, bytes: Buffer): Promise<number> {
    try {
      return await this.#write(at, bytes);
    } catch (error) {
      // A disk that is full loses lines, never the attempt.
      if (!this.#hasFailed) this.#onProblem(error);
      this.#hasFailed = true;
      return at + bytes.length;
    }
  }

  /** Comes back when all that was taken is written. */
  async written(): Promise<void> {
    await this.#last;
  }

  async #write(at: number, bytes: Buffer): Promise<number> {
    this.#bytes ??= await sizeOf(this.#path);
    const end = at + bytes.length;
    if (this.#hasFailed || end <= this.#bytes) return Math.max(end, this.#bytes);
    if (this.#bytes === 0) await mkdir(dirname(this.#path), { recursive: true });
    const fresh = at < this.#bytes ? bytes.subarray(this.#bytes - at) : bytes;
    this.#indexer ??= await indexerFor(this.#path, this.#bytes);
    await appendFile(this.#path, fresh);
    this.#bytes = end;
    await this.#index(fresh);
    return end;
  }

  /** Behind the lines, so that the index never points past what is there. One that is short costs time only. */
  async #index(bytes: Buffer): Promise<void> {
    const entries = this.#indexer?.take(bytes);
    if (entries !== undefined && entries.length > 0) await appendFile(indexPath(this.#path), entries).catch(() => {});
  }
}

/** Goes on where the file ends: a server that was not there before counts what the last entry does not know. */
async function indexerFor(path: string, bytes: number): Promise<LineIndexer> {
  if (bytes === 0) return new LineIndexer({ line: 0, offset: 0 });
  const { line } = await visitLines(path, await seekLine(path, Number.MAX_SAFE_INTEGER), () => true);
  return new LineIndexer({ line, offset: bytes });
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
