import { hostname } from "node:os";
import { performance } from "node:perf_hooks";
import { MillraceError, type ServerId, type ServerRow, type Servers } from "@millrace/core";
import { identifyProcess } from "@millrace/executors";
import { SILENT_MS } from "./liveness.ts";
import type { Troubles } from "./troubles.ts";

/** How often a server gives a sign of life, in milliseconds. */
const BEAT_MS = 1_000;
/** After so long without an answer, in milliseconds, people are told. */
const LONG_WAIT_MS = 3_000;

export interface PresenceOptions {
  readonly servers: Servers;
  readonly kind: ServerRow["kind"];
  /**
   * Whether silence means anything while this process holds nothing for others: on a database that several machines use.
   * On one machine, and with a lock of the operating system, its processes can be looked at.
   */
  readonly beatsAlways: boolean;
  readonly troubles: Troubles;
}

/** This process's own row among the servers: who it is, what it does, and that it lives. */
export class Presence {
  readonly #servers: Servers;
  readonly #beatsAlways: boolean;
  readonly #troubles: Troubles;
  #row: ServerRow;
  #timer: NodeJS.Timeout | undefined;
  /** Beats go one after the other, so that an older word never follows a newer one. */
  #last: Promise<void> = Promise.resolve();
  #underWay = 0;
  #heardAtMs = performance.now();
  /** The store has a row of this process, or may have. */
  #isKnown = false;
  #isLeft = false;

  constructor({ servers, kind, beatsAlways, troubles }: PresenceOptions) {
    this.#servers = servers;
    this.#troubles = troubles;
    this.#beatsAlways = beatsAlways;
    const chance = Math.random().toString(36).slice(2, 8);
    this.#row = {
      id: `${hostname()}/${process.pid}/${chance}` as ServerId,
      kind,
      host: hostname(),
      pid: process.pid,
      process: identifyProcess(),
      role: "standing_by",
      startedAtMs: Date.now(),
      epochs: [],
      held: null,
    };
  }

  get id(): ServerId {
    return this.#row.id;
  }

  get row(): ServerRow {
    return this.#row;
  }

  /** Whether every server here gives signs of life, so that silence says something. */
  get allBeat(): boolean {
    return this.#beatsAlways;
  }

  /** Since the store last heard of this process, in milliseconds by a clock that nobody sets. */
  get silentMs(): number {
    return performance.now() - this.#heardAtMs;
  }

  /**
   * Whether the attempts of this process are still its own. False when it may have been silent for so long, frozen or cut
   * off, that others have started them again; they look no sooner than this does.
   */
  isTrusted(): boolean {
    const isWatched = this.#beatsAlways || this.#row.held !== null;
    return !isWatched || this.silentMs < SILENT_MS;
  }

  /** Says something new, and comes back when it is written. From then on the row is kept alive, where that is needed. */
  async say(change: Partial<Pick<ServerRow, "role" | "epochs" | "held">>): Promise<void> {
    this.#row = { ...this.#row, ...change };
    this.#isKnown = true;
    const mustBeat = this.#beatsAlways || this.#row.held !== null;
    if (mustBeat) this.#timer ??= setInterval(() => this.#beatAgain(), BEAT_MS).unref();
    else this.#rest();
    await this.#beat();
  }

  /** Takes the row away, if the store can be reached. Twice is fine. */
  async leave(): Promise<void> {
    this.#rest();
    if (this.#isLeft || !this.#isKnown) return;
    this.#isLeft = true;
    this.#troubles.note(this, null);
    await this.#last.catch(() => undefined);
    await this.#servers.remove(this.#row.id);
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beatAgain(): void {
    // A store that does not answer is not asked twice; what is missed is not lost, only late.
    if (this.#underWay === 0) {
      this.#beat().catch(() => undefined);
      return;
    }
    const waitMs = this.silentMs;
    if (waitMs < LONG_WAIT_MS) return;
    const seconds = Math.floor(waitMs / 1_000);
    this.#troubles.note(
      this,
      new MillraceError("STORE_FAILED", `The database has not answered for ${seconds} seconds.`, {
        hint: "Nothing is lost; the work goes on when it does.",
      }),
    );
  }

  #beat(): Promise<void> {
    const beat = this.#last.catch(() => undefined).then(() => this.#write());
    this.#last = beat;
    return beat;
  }

  async #write(): Promise<void> {
    if (this.#isLeft) return;
    this.#underWay += 1;
    const sentAtMs = performance.now();
    try {
      await this.#servers.beat(this.#row);
      this.#heardAtMs = sentAtMs;
      this.#troubles.note(this, null);
    } finally {
      this.#underWay -= 1;
    }
  }
}
