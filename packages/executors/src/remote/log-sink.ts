import { appendFile, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * The log of one attempt that runs elsewhere, as this server keeps it. Pieces say where they begin; what is there already
 * is not written again. So a worker that is not sure sends a piece twice, and the file itself says where to go on.
 */
export class LogSink {
  readonly #path: string;
  readonly #onProblem: (error: unknown) => void;
  #bytes: number | undefined;
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
    await appendFile(this.#path, at < this.#bytes ? bytes.subarray(this.#bytes - at) : bytes);
    this.#bytes = end;
    return end;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
