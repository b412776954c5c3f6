import type { RunClass } from "@millrace/core";

/** Of what is contended, backfill gets this share of the time. */
const BACKFILL_SHARE = 0.1;
/** Of what live work has used lately, this share is kept free of backfill (at least one unit, where there are two). */
const LIVE_SHARE = 0.25;
/** "Lately", in milliseconds. */
const LIVE_MEMORY_MS = 60_000;
/** What backfill may be owed, or be ahead, at most: its share for this long, in milliseconds. */
const MEMORY_MS = 60_000;

/**
 * Shares one resource between live work and backfill.
 *
 * Live work goes first, with two exceptions that keep either side from starving the other. While both wait, backfill is
 * owed a tenth of the resource: `owed` grows by `0.1 * limit` units a millisecond and shrinks by what backfill holds,
 * and while it is above zero backfill goes first. And as long as live work came by within the last minute, backfill
 * leaves a quarter of the resource alone, so that the next live work finds room without waiting for an end.
 */
export class ClassShare {
  readonly held: Record<RunClass, number> = { live: 0, backfill: 0 };
  readonly #isCounted: boolean;
  #owed = 0;
  #atMs = 0;
  #areBothWaiting = false;
  #liveAtMs = Number.NEGATIVE_INFINITY;

  /** @param isCounted of what is not held but used up, starts are shared, and not time. */
  constructor(isCounted = false) {
    this.#isCounted = isCounted;
  }

  /** To be called before anything changes: accounts for the time since the last change. */
  settle(limit: number, nowMs: number): void {
    if (this.#areBothWaiting && !this.#isCounted && nowMs > this.#atMs) {
      const due = BACKFILL_SHARE * limit;
      const most = due * MEMORY_MS;
      const owed = this.#owed + (due - this.held.backfill) * (nowMs - this.#atMs);
      this.#owed = Math.max(-most, Math.min(most, owed));
    }
    this.#atMs = nowMs;
  }

  /** Of what is counted: one has gone. */
  started(runClass: RunClass): void {
    if (!this.#areBothWaiting) return;
    const owed = this.#owed + (runClass === "live" ? BACKFILL_SHARE / (1 - BACKFILL_SHARE) : -1);
    this.#owed = Math.max(-1, Math.min(1, owed));
  }

  /** Whether both classes wait from now on. */
  wait(areBoth: boolean): void {
    this.#areBothWaiting = areBoth;
  }

  /** Live work waits, or was served. */
  sawLive(nowMs: number): void {
    this.#liveAtMs = nowMs;
  }

  get isBackfillOwed(): boolean {
    return this.#owed > 0;
  }

  /** How many units more backfill may hold. One of its attempts always may run, whatever it takes. */
  roomForBackfill(limit: number, nowMs: number): number {
    const { backfill } = this.held;
    return backfill === 0 ? limit : limit - this.#keptForLive(limit, nowMs) - backfill;
  }

  /** Whether backfill may hold so many units more. */
  mayBackfill(units: number, limit: number, nowMs: number): boolean {
    return this.held.backfill === 0 || units <= this.roomForBackfill(limit, nowMs);
  }

  /** When the part that is kept for live work is given up, if no more of that comes. */
  get keptUntilMs(): number {
    return this.#liveAtMs + LIVE_MEMORY_MS;
  }

  #keptForLive(limit: number, nowMs: number): number {
    if (limit < 2 || nowMs >= this.keptUntilMs) return 0;
    return Math.max(1, Math.floor(limit * LIVE_SHARE));
  }
}
