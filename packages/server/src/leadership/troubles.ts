import type { MillraceError } from "@millrace/core";

/** What fails now, by who noticed. Told of once, when it begins, and once when all of it is over. */
export class Troubles {
  readonly #tell: (error: MillraceError | null) => void;
  readonly #known = new Map<unknown, MillraceError>();

  /** @param tell gets the first trouble, and null when none is left. */
  constructor(tell: (error: MillraceError | null) => void) {
    this.#tell = tell;
  }

  /** @param source who noticed, or notices with null that it works again. */
  note(source: unknown, error: MillraceError | null): void {
    const before = this.#known.size;
    if (error === null) this.#known.delete(source);
    else this.#known.set(source, error);
    if (before === 0 && error !== null) this.#tell(error);
    if (before > 0 && this.#known.size === 0) this.#tell(null);
  }
}
