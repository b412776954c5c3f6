import { DatabaseSync } from "node:sqlite";
import { isBusy } from "./failure.ts";

/**
 * The right to lead: an exclusive transaction on a side file. It is a lock of the operating system, so it ends with its
 * holder however that dies, and no clock takes part in it.
 */
export class LeaderLock {
  readonly #db: DatabaseSync;

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Undefined when another process, or another store in this one, holds the lock. Never waits. */
  static take(databasePath: string): LeaderLock | undefined {
    const db = new DatabaseSync(`${databasePath}-leader`, { timeout: 0 });
    try {
      db.exec("begin exclusive");
      return new LeaderLock(db);
    } catch (error) {
      db.close();
      if (isBusy(error)) return undefined;
      throw error;
    }
  }

  /** Whether somebody holds the lock now. */
  static isHeld(databasePath: string): boolean {
    const taken = LeaderLock.take(databasePath);
    taken?.release();
    return taken === undefined;
  }

  release(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}
