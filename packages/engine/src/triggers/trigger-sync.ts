import { begunAnew, type Followed, scheduleFingerprint, type TriggerRow, triggerFingerprint } from "@millrace/core";
import type { World } from "../world.ts";
import { type ActiveTrigger, keyOf, type TriggerName } from "./trigger-book.ts";

/** So many rows are looked at in one turn: a project with thousands of schedules does not hold others up. */
const ROWS_AT_ONCE = 500;

/** What becomes of a schedule whose definition says another when: what it owed by the former one. Inside a turn. */
type Succeed = (former: TriggerRow, begun: TriggerRow) => TriggerRow;

export interface TriggerSyncOptions {
  /** Whether this leader acts for schedules and triggers: then what is there is active from now on, and all are told. */
  readonly isActing: boolean;
  readonly succeed: Succeed;
}

/** Brings the rows of schedules and triggers in line with the version that is active. */
export class TriggerSync {
  readonly #world: World;
  readonly #options: TriggerSyncOptions;
  /** Of the newest look at the active version; one that is overtaken by another does nothing more. */
  #newest = 0;

  constructor(world: World, options: TriggerSyncOptions) {
    this.#world = world;
    this.#options = options;
  }

  /**
   * Looks at the active version, and goes on inside turns. `done` is called in the last of them, also when another look
   * has overtaken this one.
   */
  sync(done: () => void, failed: (error: unknown) => void): void {
    const world = this.#world;
    const { store } = world.ports;
    this.#newest += 1;
    const own = this.#newest;
    world.later(
      async () => {
        await world.triggers.ready(store.triggers);
        const version = await store.activeVersion();
        return version === undefined ? [] : await activeTriggers(world, version);
      },
      (active) => {
        if (own === this.#newest) this.#begin(active, done);
        else done();
      },
      failed,
    );
  }

  #begin(active: readonly ActiveTrigger[], done: () => void): void {
    const { triggers } = this.#world;
    const names = new Set(active.map(({ flow, spec }) => keyOf({ flow: flow.name, name: spec.name })));
    const gone = [...triggers.rows()].filter((row) => !row.retired && !names.has(keyOf(row)));
    if (this.#options.isActing) triggers.activate(active);
    const acts = [
      ...gone.map((row) => () => this.#retire(row)),
      ...active.map((trigger) => () => this.#follow(trigger)),
    ];
    this.#go({ acts, from: 0, own: this.#newest }, done);
  }

  #go(work: { readonly acts: readonly (() => void)[]; readonly from: number; readonly own: number }, done: () => void) {
    const { acts, from, own } = work;
    const until = from + ROWS_AT_ONCE;
    for (const act of acts.slice(from, until)) act();
    if (until >= acts.length) {
      done();
      return;
    }
    this.#world.enqueue(() => {
      if (own === this.#newest) this.#go({ ...work, from: until }, done);
      else done();
    });
  }

  #retire(row: TriggerRow): void {
    this.#world.triggers.change({ ...row, owed: [], gathered: [], retired: true });
    this.#touch(row);
  }

  #follow({ flow, spec }: ActiveTrigger): void {
    const { triggers, batch } = this.#world;
    const isSchedule = "timing" in spec;
    const followed: Followed = {
      flow: flow.name,
      name: spec.name,
      kind: isSchedule ? "schedule" : spec.kind,
      fingerprint: isSchedule ? scheduleFingerprint(spec) : triggerFingerprint(spec),
      schedule: isSchedule ? spec : null,
    };
    const former = triggers.rowOf(followed);
    if (former === undefined || former.retired || former.kind !== followed.kind) {
      triggers.change(begunAnew(followed, batch.atMs, former));
    } else if (former.fingerprint !== followed.fingerprint) {
      triggers.change(this.#options.succeed(former, begunAnew(followed, batch.atMs, former)));
    } else if (JSON.stringify(former.schedule) !== JSON.stringify(followed.schedule)) {
      triggers.change({ ...former, schedule: followed.schedule });
    }
    this.#touch(followed);
  }

  #touch({ flow, name }: TriggerName): void {
    if (!this.#options.isActing) return;
    for (const tell of this.#world.onTriggerTouched) tell({ flow, name });
  }
}

async function activeTriggers(world: World, version: ActiveTrigger["version"]): Promise<readonly ActiveTrigger[]> {
  const { flows } = await world.ports.definitions.flows(version);
  return flows.flatMap(({ spec: flow }) =>
    [...flow.schedules, ...flow.triggers].map((spec) => ({ version, flow, spec })),
  );
}
