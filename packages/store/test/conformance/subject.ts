import type { Changes, Leadership, Store } from "@millrace/core";
import { changes } from "../rows.ts";

/** One empty database. */
export interface Place {
  /** Opens a store on it; a second one stands for a second process. */
  open(): Promise<Store>;
  /** Removes the database, after every store was closed. */
  remove(): Promise<void>;
}

/** What the tests of a chapter use: each begins with an empty database, one open store, and that store leading. */
export interface Subject {
  readonly store: Store;
  readonly leadership: Leadership;
  /** Another store on the same database, closed with the rest. */
  openOther(): Promise<Store>;
}

/** Commits as the leader, in its epoch. */
export function commitTo(subject: Subject, changed: Partial<Changes>): Promise<void> {
  return subject.store.commit(subject.leadership.epoch, changes(changed));
}
