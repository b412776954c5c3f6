/**
 * The failure that ends a runtime, should it ever come, and those who wait for something else meanwhile. `Promise.race`
 * with a promise that never settles would remember everybody who ever waited, for as long as the process lives.
 */
export class Failure {
  readonly #failed = Promise.withResolvers<never>();
  readonly #waiting = new Set<(error: unknown) => void>();
  #reason: { readonly error: unknown } | undefined;

  constructor() {
    // Those who wait hear of it; when nobody does, it is no unhandled failure.
    this.#failed.promise.catch(() => undefined);
  }

  /** Rejects when it comes. For those who wait once. */
  get promise(): Promise<never> {
    return this.#failed.promise;
  }

  /** The first one counts. */
  fail(error: unknown): void {
    this.#reason ??= { error };
    this.#failed.reject(error);
    for (const reject of this.#waiting) reject(error);
  }

  /** What the work comes to, or the failure if that comes first. */
  async or<Value>(work: Promise<Value>): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    if (this.#reason !== undefined) reject(this.#reason.error);
    this.#waiting.add(reject);
    work.then(resolve, reject);
    try {
      return await promise;
    } finally {
      this.#waiting.delete(reject);
    }
  }
}
