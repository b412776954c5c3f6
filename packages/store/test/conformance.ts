import type { Leadership, Store } from "@millrace/core";
import { afterEach, beforeEach, describe } from "vitest";
import { alertDeliveriesConform, alertsConform } from "./conformance/alerts.ts";
import { auditConforms } from "./conformance/audit.ts";
import { commandsConform, watchesConform } from "./conformance/commands.ts";
import {
  attemptsConform,
  commitsConform,
  idempotencyKeysConform,
  outputsConform,
  runsConform,
  taskRunsConform,
} from "./conformance/commits.ts";
import {
  askedConforms,
  eventsConform,
  listsOfRunsConform,
  nodeStatesConform,
  pagesOfRunsConform,
  runsAreFound,
  runsAreShown,
  taskTimesConform,
} from "./conformance/history.ts";
import { leadershipConforms } from "./conformance/leadership.ts";
import { limitsConform } from "./conformance/limits.ts";
import { credentialsConform, peopleConform } from "./conformance/people.ts";
import { serversConform } from "./conformance/servers.ts";
import { sourcesConform, versionListsConform } from "./conformance/sources.ts";
import type { Place, Subject } from "./conformance/subject.ts";
import { talliesConform } from "./conformance/tallies.ts";
import {
  backfillRunsConform,
  backfillsConform,
  partitionKeysConform,
  sliceRunsConform,
  tickListsConform,
  ticksConform,
  triggersConform,
} from "./conformance/triggers.ts";
import {
  factsOutliveRuns,
  familiesConform,
  filesThatMayGoConform,
  forgettingConforms,
  leftoversConform,
  oldTicksConform,
  waitedForConform,
} from "./conformance/upkeep.ts";
import { vaultConforms } from "./conformance/vault.ts";
import { versionsConform } from "./conformance/versions.ts";

const CHAPTERS: readonly ((subject: Subject) => void)[] = [
  runsConform,
  idempotencyKeysConform,
  taskRunsConform,
  attemptsConform,
  outputsConform,
  commitsConform,
  commandsConform,
  watchesConform,
  leadershipConforms,
  serversConform,
  limitsConform,
  versionsConform,
  listsOfRunsConform,
  runsAreFound,
  runsAreShown,
  askedConforms,
  pagesOfRunsConform,
  nodeStatesConform,
  taskTimesConform,
  eventsConform,
  familiesConform,
  waitedForConform,
  forgettingConforms,
  factsOutliveRuns,
  leftoversConform,
  oldTicksConform,
  filesThatMayGoConform,
  triggersConform,
  tickListsConform,
  ticksConform,
  backfillsConform,
  partitionKeysConform,
  sliceRunsConform,
  backfillRunsConform,
  vaultConforms,
  auditConforms,
  peopleConform,
  credentialsConform,
  alertsConform,
  alertDeliveriesConform,
  sourcesConform,
  versionListsConform,
  talliesConform,
];

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

    for (const conforms of CHAPTERS) conforms(subject);
  });
}
