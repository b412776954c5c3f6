import {
  type AlertDelivery,
  type AlertState,
  type Clock,
  type EventRow,
  groupDueAtMs,
  makeAlertId,
  messageOf,
  NO_ALERTS,
  type Store,
  type VersionedAlertState,
} from "@millrace/core";
import type { AlertSettings } from "./alert-settings.ts";
import { EndedRunFeed } from "./ended-runs.ts";
import { ProjectJudge } from "./judge-project.ts";
import { Rounds } from "./rounds.ts";

export interface AlertWatchParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly settings: () => Promise<AlertSettings>;
  /** Whether this process leads: nobody else watches. */
  readonly isLeading: () => boolean;
  /** Messages are there to be sent. */
  readonly onDeliveries: () => void;
  /** Told of what failed, and is tried again. Must not throw. */
  readonly onError: (error: unknown) => void;
}

interface Watched {
  readonly watched: AlertState;
  /** False: there is more that happened. */
  readonly isAll: boolean;
}

/** How often everything is looked at that no event tells of, in milliseconds. */
const LOOK_MS = 10_000;
/** Events of so long are looked at together, in milliseconds. */
const TOGETHER_MS = 200;
/** With nothing to tell, the place in the list of events is written down this often, in milliseconds. */
const KEEP_PLACE_MS = 60_000;

/** Finds out what people should be told of, and makes messages of it. What it must not forget is one row of the store. */
export class AlertWatch {
  readonly #parts: AlertWatchParts;
  readonly #feed: EndedRunFeed;
  readonly #rounds: Rounds;
  /** As it is in the store; undefined when it must be read. */
  #kept: VersionedAlertState | undefined;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #keptAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: AlertWatchParts) {
    this.#parts = parts;
    this.#feed = new EndedRunFeed(parts.store.history);
    this.#rounds = new Rounds(parts.clock, { round: () => this.#round(), onError: parts.onError });
  }

  start(): void {
    this.#rounds.start();
  }

  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  /** What the engine of this process has committed. @param last the `seq` of the last of it, where it is known. */
  take(events: readonly EventRow[], last: number | undefined): void {
    if (this.#feed.take(events, last)) this.#rounds.wakeAfter(TOGETHER_MS);
  }

  /** One look. Gives when the next is due. */
  async #round(): Promise<number> {
    const { clock, isLeading, settings: readSettings } = this.#parts;
    const nowMs = clock.now();
    if (!isLeading()) {
      this.#kept = undefined;
      this.#feed.forget();
      return nowMs + LOOK_MS;
    }
    const settings = await readSettings();
    const kept = await this.#readKept();
    if (settings.rules.length === 0) {
      // Whoever asks to be told again some day is not told of all that was in between.
      if (kept.state.cursor !== null) await this.#keep(kept, NO_ALERTS, []);
      return nowMs + LOOK_MS;
    }
    const judge = new ProjectJudge(this.#parts.store, settings, nowMs);
    const { watched, isAll } = await this.#watch(kept.state, judge, nowMs);
    const { state, deliveries } = this.#closeGroups(watched, settings, nowMs);
    if (this.#mustKeep(kept.state, state, nowMs)) await this.#keep(kept, state, deliveries);
    else this.#kept = { ...kept, state };
    if (deliveries.length > 0) this.#parts.onDeliveries();
    return isAll ? this.#nextAtMs(state, settings) : nowMs;
  }

  async #readKept(): Promise<VersionedAlertState> {
    if (this.#kept !== undefined) return this.#kept;
    // What was taken and not written down is read again.
    this.#feed.forget();
    this.#kept = (await this.#parts.store.alerts.readState()) ?? { version: 0, state: NO_ALERTS };
    return this.#kept;
  }

  async #watch(before: AlertState, judge: ProjectJudge, nowMs: number): Promise<Watched> {
    const begun = before.cursor === null ? await judge.begin(await this.#feed.now()) : before;
    const { ended, cursor, isAll } = await this.#feed.after(begun.cursor ?? 0);
    const taken = await judge.takeEnded(begun, ended);
    const state = { ...taken, cursor };
    // A clock that was set back must not keep anybody from looking.
    if (nowMs >= this.#lookedAtMs && nowMs - this.#lookedAtMs < LOOK_MS) {
      return { watched: state, isAll };
    }
    this.#lookedAtMs = nowMs;
    return { watched: await judge.lookAround(state), isAll };
  }

  /** Makes messages of the groups whose time has come; a group whose rule is no more tells nothing. */
  #closeGroups(state: AlertState, { rules, publicUrl }: AlertSettings, nowMs: number) {
    const deliveries: AlertDelivery[] = [];
    const open = state.groups.filter((group) => {
      const rule = rules.find(({ name }) => name === group.rule);
      if (rule === undefined) return false;
      if (groupDueAtMs(group, rule) > nowMs) return true;
      const message = messageOf(group, publicUrl);
      for (const { name: channel } of rule.channels) {
        const id = makeAlertId(nowMs, this.#parts.chance);
        deliveries.push(waiting({ id, rule: rule.name, channel, message, madeAtMs: nowMs }));
      }
      return false;
    });
    return { state: open.length === state.groups.length ? state : { ...state, groups: open }, deliveries };
  }

  #mustKeep(before: AlertState, after: AlertState, nowMs: number): boolean {
    const { cursor: oldCursor, ...old } = before;
    const { cursor, ...now } = after;
    if (old.failing !== now.failing || old.told !== now.told || old.groups !== now.groups) return true;
    return cursor !== oldCursor && (oldCursor === null || nowMs - this.#keptAtMs >= KEEP_PLACE_MS);
  }

  async #keep(kept: VersionedAlertState, state: AlertState, deliveries: readonly AlertDelivery[]): Promise<void> {
    const next = { version: kept.version + 1, state };
    // Until it is known to be written it must be read.
    this.#kept = undefined;
    const isKept = await this.#parts.store.alerts.advance(next, deliveries);
    if (!isKept) return;
    this.#kept = next;
    this.#keptAtMs = this.#parts.clock.now();
  }

  #nextAtMs({ groups }: AlertState, { rules }: AlertSettings): number {
    const due = groups.flatMap((group) => {
      const rule = rules.find(({ name }) => name === group.rule);
      return rule === undefined ? [] : [groupDueAtMs(group, rule)];
    });
    return Math.min(this.#lookedAtMs + LOOK_MS, ...due);
  }
}

/** A message that is to be sent at once. */
export function waiting(made: Omit<AlertDelivery, "state" | "nextAtMs" | "endedAtMs" | "tries">): AlertDelivery {
  return { ...made, state: "waiting", nextAtMs: made.madeAtMs, endedAtMs: null, tries: [] };
}
