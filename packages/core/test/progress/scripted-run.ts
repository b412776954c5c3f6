import {
  ACTIVE,
  CANCELLED,
  type CompiledFlow,
  EXCLUDED,
  FAILED,
  type FinalCode,
  type Frame,
  isFinal,
  RunProgress,
  SKIPPED,
  SUCCESS,
  UPSTREAM_FAILED,
} from "@millrace/core";
import type { Outcome } from "../rule-meaning.ts";
import { keyOf, type Script } from "./script.ts";

/** Items of a map that begin together; small, so that several turns are needed. */
const CHUNK = 2;

export const NAMES = [
  "pending",
  "active",
  "success",
  "failed",
  "skipped",
  "upstream_failed",
  "cancelled",
  "left_out",
] as const;

const CODES: Readonly<Record<Outcome, FinalCode>> = {
  success: SUCCESS,
  failed: FAILED,
  skipped: SKIPPED,
  upstream_failed: UPSTREAM_FAILED,
};

/** Local numbers at the top that are left out, and how others stand from the start. */
export interface TopPart {
  readonly leftOut?: readonly number[];
  readonly given?: ReadonlyMap<number, Outcome>;
}

/**
 * Acts on what a run's progress says as the engine does, but in an order that chance decides, at once or later. It can
 * lose its memory at any moment and go on from what a store would have.
 */
export class ScriptedRun {
  progress: RunProgress;
  /** By key: how often it became ready, and all its ends. */
  readonly readied = new Map<string, number>();
  readonly ended = new Map<string, string[]>();
  readonly finished: string[] = [];
  /** What was heard after the run was cancelled. */
  readonly heardAfterCancel: string[] = [];
  readonly #flow: CompiledFlow;
  readonly #script: Script;
  readonly #chance: () => number;
  readonly #part: TopPart;
  readonly #arms = new Map<string, string>();
  #todo: (() => void)[] = [];
  #cancelled = false;

  constructor(flow: CompiledFlow, { script, chance }: { script: Script; chance: () => number }, part: TopPart = {}) {
    this.#flow = flow;
    this.#script = script;
    this.#chance = chance;
    this.#part = part;
    this.progress = this.#makeProgress();
    this.progress.exclude(part.leftOut ?? []);
    for (const [local, state] of part.given ?? []) this.progress.restore(this.progress.root, local, CODES[state]);
  }

  begin(): this {
    this.progress.begin();
    return this;
  }

  /** Does one of the things there are to do; false when there is none. */
  step(): boolean {
    const [action] = this.#todo.splice(Math.floor(this.#chance() * this.#todo.length), 1);
    action?.();
    return action !== undefined;
  }

  /** Cancels as the engine does: regions end at once, attempts when they are dead. */
  cancel(): void {
    this.#cancelled = true;
    this.progress.cancelPending();
    for (const frame of this.frames()) {
      for (let slot = 0; slot < frame.state.length; slot += 1) {
        if (frame.state[slot] === ACTIVE && this.#kindOf(frame, slot) !== "task") this.#settle(frame, slot, CANCELLED);
      }
    }
  }

  /** Forgets everything but what was written down, and carries on from that. */
  crash(): void {
    const before = this.progress;
    this.progress = this.#makeProgress();
    this.#todo = [];
    const steps: (() => void)[] = [];
    const pairs: [Frame, Frame][] = [[before.root, this.progress.root]];
    for (const [old, frame] of pairs) {
      for (let slot = 0; slot < old.state.length; slot += 1) {
        const body = old.bodies.get(slot);
        if (body !== undefined) pairs.push([body, this.progress.expand(frame, slot, body.count)]);
        this.#restoreSlot(old.state[slot] as number, { frame, slot }, steps);
      }
    }
    this.progress.exclude(this.#part.leftOut ?? []);
    for (const step of steps) step();
    this.progress.begin();
  }

  #restoreSlot(state: number, { frame, slot }: { frame: Frame; slot: number }, steps: (() => void)[]): void {
    if (state === EXCLUDED) return;
    if (isFinal(state)) this.progress.restore(frame, slot, state as FinalCode);
    if (state !== ACTIVE) return;
    const key = this.keyAt(frame, slot);
    const kind = this.#kindOf(frame, slot);
    const body = frame.bodies.get(slot);
    const arm = this.#arms.get(key);
    if (kind === "task") steps.push(() => this.#do(() => this.#settle(frame, slot, CODES[this.#script.task(key)])));
    else if (body !== undefined) steps.push(() => this.#beginItems(body, 0));
    else if (arm !== undefined) steps.push(() => this.progress.takeArm(frame, slot, arm));
    else return;
    this.progress.restore(frame, slot, ACTIVE);
  }

  frames(): readonly Frame[] {
    const frames = [this.progress.root];
    for (const frame of frames) frames.push(...frame.bodies.values());
    return frames;
  }

  keyAt(frame: Frame, slot: number): string {
    return keyOf(frame.nodeAt(slot), frame.pathAt(slot));
  }

  /** How every slot stands, by key. */
  states(): ReadonlyMap<string, string> {
    const states = new Map<string, string>();
    for (const frame of this.frames()) {
      if (frame.scope.nodes.length === 0) continue;
      for (const [slot, state] of frame.state.entries()) states.set(this.keyAt(frame, slot), NAMES[state] ?? "?");
    }
    return states;
  }

  #makeProgress(): RunProgress {
    return new RunProgress(this.#flow, {
      ready: (frame, slot) => {
        this.#hear("ready");
        const key = this.keyAt(frame, slot);
        this.readied.set(key, (this.readied.get(key) ?? 0) + 1);
        this.#do(() => this.#act(frame, slot));
      },
      decided: (frame, slot, state) => {
        this.#hear("decided");
        this.#noteEnd(this.keyAt(frame, slot), state);
      },
      complete: (frame, slot, outcome) => {
        this.#hear("complete");
        const isLost = outcome === SUCCESS && this.#script.losesResult(this.keyAt(frame, slot));
        this.#do(() => this.#settle(frame, slot, isLost ? FAILED : outcome));
      },
      finished: (outcome) => {
        this.#hear("finished");
        this.finished.push(NAMES[outcome]);
      },
    });
  }

  #hear(what: string): void {
    if (this.#cancelled) this.heardAfterCancel.push(what);
  }

  #do(action: () => void): void {
    if (this.#chance() < 0.2) action();
    else this.#todo.push(action);
  }

  #act(frame: Frame, slot: number): void {
    const key = this.keyAt(frame, slot);
    switch (this.#kindOf(frame, slot)) {
      case "task":
        this.#settle(frame, slot, CODES[this.#script.task(key)]);
        return;
      case "map": {
        const count = this.#script.items(key);
        if (count === undefined) this.#settle(frame, slot, FAILED);
        else this.#beginItems(this.progress.expand(frame, slot, count), 0);
        return;
      }
      case "branch": {
        const arm = this.#script.arm(key);
        if (arm === undefined) {
          this.#settle(frame, slot, FAILED);
          return;
        }
        this.#arms.set(key, arm);
        this.progress.takeArm(frame, slot, arm === "nowhere" ? undefined : arm);
        return;
      }
    }
  }

  #beginItems(items: Frame, from: number): void {
    const to = Math.min(from + CHUNK, items.count);
    // Asked for before the first begin, which may bring the whole run to its end.
    if (to < items.count) this.#todo.push(() => this.#beginItems(items, to));
    this.progress.beginItems(items, from, to);
  }

  #settle(frame: Frame, slot: number, state: FinalCode): void {
    if (!isFinal(frame.state[slot] as number)) this.#noteEnd(this.keyAt(frame, slot), state);
    this.progress.settle(frame, slot, state);
  }

  #noteEnd(key: string, state: number): void {
    this.ended.set(key, [...(this.ended.get(key) ?? []), NAMES[state] ?? "?"]);
  }

  #kindOf(frame: Frame, slot: number): "task" | "map" | "branch" {
    return this.#flow.spec.nodes[frame.nodeAt(slot)]?.kind ?? "task";
  }
}
