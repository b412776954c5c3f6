import type { BackfillId, BackfillRow, Changes, TickRow, TriggerRow } from "@millrace/core";

/** What a database in memory holds of schedules, triggers and backfills. */
export class TimeShelf {
  readonly triggers = new Map<string, TriggerRow>();
  readonly ticks = new Map<string, TickRow>();
  readonly backfills = new Map<BackfillId, BackfillRow>();
  /** By name; sets keep the order in which keys are added. */
  readonly partitionKeys = new Map<string, Set<string>>();

  write({ triggers, ticks, backfills, partitionKeys }: Changes): void {
    for (const row of triggers) this.triggers.set(JSON.stringify([row.flow, row.name]), row);
    for (const row of ticks) {
      const key = JSON.stringify([row.flow, row.trigger, row.atMs, row.key]);
      if (!this.ticks.has(key)) this.ticks.set(key, row);
    }
    for (const row of backfills) this.backfills.set(row.id, row);
    const last = new Map(partitionKeys.map((row) => [JSON.stringify([row.name, row.key]), row]));
    for (const { name, key, exists } of last.values()) {
      const keys = this.partitionKeys.get(name) ?? new Set();
      this.partitionKeys.set(name, keys);
      if (exists) keys.add(key);
      else keys.delete(key);
    }
  }

  /** Takes ticks away, and says how many. */
  remove(goes: (tick: TickRow) => boolean): number {
    const gone = [...this.ticks].filter(([, tick]) => goes(tick));
    for (const [key] of gone) this.ticks.delete(key);
    return gone.length;
  }
}
