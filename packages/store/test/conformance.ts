import type { Leadership, Store } from "@millrace/core";
import { afterEach, beforeEach, describe } from "vitest";
import { commandsConform } from "./conformance/commands.ts";
import { commitsConform } from "./conformance/commits.ts";
import { historyConforms } from "./conformance/history.ts";
import { leadershipConforms } from "./conformance/leadership.ts";
import { versionsConform } from "./conformance/versions.ts";

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

/** The contract of `Store`, in one place for every database that claims to keep it. */
export function storeConforms(name: string, makePlace: () => Promise<Place>): void {
  describe(`the store on ${name}`, () => {
    let place: Place;
    let opened: Store[];
    let store: Store;
    let leadership: Leadership;

    const open = async (): Promise<Store> => {
      const other = await place.open();
      opened.push(other);
      return other;
    };

    beforeEach(async () => {
      opened = [];
      place = await makePlace();
      store = await open();
      const led = await store.lead("test");
      if (led === undefined) throw new Error("Nobody else can lead a new database");
      leadership = led;
    });

    afterEach(async () => {
      for (const one of opened) await one.close();
      await place.remove();
    });

    const subject: Subject = {
      get store() {
        return store;
      },
      get leadership() {
        return leadership;
      },
      openOther: open,
    };

    commitsConform(subject);
    commandsConform(subject);
    leadershipConforms(subject);
    versionsConform(subject);
    historyConforms(subject);
  });
}
