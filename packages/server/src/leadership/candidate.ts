import type { AttemptReport, CurrentLeader, Epoch, Leadership, MillraceError, Store } from "@millrace/core";
import { HeldAttempts } from "./held-attempts.ts";
import { isThere } from "./liveness.ts";
import type { Patience } from "./patience.ts";
import type { Presence } from "./presence.ts";
import type { StandingExecutor } from "./standing-executor.ts";
import { Term, type TermParts } from "./term.ts";

/** What becomes of this process among the servers of its project. */
export type LeadershipNews =
  | {
      readonly kind: "leading";
      readonly epoch: Epoch;
      /** Unfinished runs that it carries on. */
      readonly runs: number;
    }
  /** It leads, and this many attempts go on with servers that led before. */
  | { readonly kind: "adopting"; readonly attempts: number }
  /** Another process leads, or, with null, nobody that is known. */
  | { readonly kind: "standing_by"; readonly leader: CurrentLeader | null }
  /** It leads no more, and runs this many attempts to their end. */
  | { readonly kind: "holding"; readonly attempts: number };

export interface CandidateOptions {
  readonly store: Store;
  readonly presence: Presence;
  readonly executor: StandingExecutor;
  readonly patience: Patience;
  readonly actor: string;
  readonly term: Pick<TermParts, "projectDir" | "ports" | "options" | "labels" | "makeRemote">;
  /** Between the lease and the first act. Gives the number of unfinished runs. */
  readonly onElected: () => Promise<number>;
  /** A term is over; what was written in it can be read in the store. */
  readonly onTermEnded: () => Promise<void>;
  /** Ends what runs here besides attempts. */
  readonly endHelpers: () => Promise<void>;
  readonly onNews: (news: LeadershipNews) => void;
  /** This process can go on no longer. */
  readonly onFatal: (error: unknown) => void;
}

/** How often to try to lead, in milliseconds: nothing says when the lead becomes free. */
const TRY_MS = 250;
/** How often to ask who leads, for people, in tries. */
const TRIES_TO_A_LOOK = 4;
/** A command leads in place of a server whose workers wait after this time, in milliseconds. */
const LEAVE_TO_SERVER_MS = 10_000;
/** Taking leave of a database that is away is given up after this time, in milliseconds. */
const LEAVE_MS = 1_000;

/** A process that leads whenever nobody else does, and does so again and again. */
export class Candidate {
  readonly #options: CandidateOptions;
  #leadership: Leadership | undefined;
  #term: Term | undefined;
  #held: HeldAttempts | undefined;
  #tries = 0;
  /** When a command first found workers that wait for a server. */
  #workersSeenAtMs: number | undefined;
  /** The leader that was told of last; undefined before the first word, null for nobody. */
  #toldEpoch: Epoch | null | undefined;
  #looping: Promise<void> | undefined;
  /** The beginning of the last term. */
  #beginning: Promise<void> | undefined;
  readonly #stop = new AbortController();
  readonly #stopped = Promise.withResolvers<undefined>();

  constructor(options: CandidateOptions) {
    this.#options = options;
  }

  get term(): Term | undefined {
    return this.#term;
  }

  /** Tries once, and goes on by itself. Rejects when the first try fails for good. */
  async start(): Promise<void> {
    await this.#options.patience.try(() => this.#tryToLead());
    if (this.#term === undefined) await this.#standBy();
    this.#looping = this.#loop().catch((error: unknown) => this.#options.onFatal(error));
  }

  /** Ends at once: what runs here is ended at no cost to its tasks. Twice is fine. */
  async stop(): Promise<void> {
    await this.#endLoop();
    const term = this.#term;
    this.#term = undefined;
    await term?.stop();
    await this.#held?.stop();
    await this.#options.executor.stop();
    await this.#leave();
  }

  /**
   * Leaves in good order: another may lead at once, and attempts that run here are seen to their end for up to `drainMs`,
   * then cancelled, to be tried again elsewhere at no cost.
   */
  async handOver(drainMs: number): Promise<void> {
    await this.#endLoop();
    const { executor, presence } = this.#options;
    const term = this.#term;
    this.#term = undefined;
    const unapplied = term === undefined ? [] : await this.#retire(term);
    // Whoever leads next must find in the store who has these attempts.
    if (executor.alive().length > 0) await this.#hold("handing_over", unapplied);
    await within(LEAVE_MS, this.#leadership?.release());
    const held = this.#held;
    if (held === undefined) return;
    if (held.left.length > 0) this.#options.onNews({ kind: "holding", attempts: held.left.length });
    const timer = setTimeout(() => held.cancelAll(), drainMs);
    await held.ended;
    clearTimeout(timer);
    await held.stop();
    await presence.say({ held: [] }).catch(() => undefined);
  }

  /** Whoever is there to take over does so faster with a process that is warm. */
  async #standBy(): Promise<void> {
    const { executor, patience, presence } = this.#options;
    await patience.try(() => presence.say({ role: "standing_by" }));
    if (presence.row.kind === "server") await executor.start(() => undefined);
  }

  async #loop(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (this.#term === undefined) {
        await this.#pause();
        if (!this.#stop.signal.aborted) await this.#options.patience.try(() => this.#tryToLead());
        continue;
      }
      const reason = await Promise.race([this.#term.ended, this.#stopped.promise]);
      if (reason !== undefined) await this.#endTerm(this.#term, reason);
    }
  }

  async #tryToLead(): Promise<void> {
    const { store, presence } = this.#options;
    this.#tries += 1;
    if (presence.row.kind === "command" && ((await this.#aServerIsThere()) || (await this.#workersWait()))) return;
    const leadership = await store.lead(presence.id);
    if (leadership === undefined) {
      if (this.#tries % TRIES_TO_A_LOOK === 1) await this.#tellWhoLeads();
      return;
    }
    // A database that was away may have answered only now.
    if (this.#stop.signal.aborted) {
      await leadership.release();
      return;
    }
    await this.#held?.stop();
    this.#held = undefined;
    this.#leadership = leadership;
    this.#beginning = this.#beginTerm(leadership);
    await this.#beginning;
  }

  async #beginTerm(leadership: Leadership): Promise<void> {
    const { term: parts, presence, onElected, onNews } = this.#options;
    const runs = await onElected();
    const onAdopted = (attempts: number): void => onNews({ kind: "adopting", attempts });
    this.#term = await Term.begin({ ...parts, leadership, presence, onAdopted });
    this.#tries = 0;
    this.#toldEpoch = undefined;
    onNews({ kind: "leading", epoch: leadership.epoch, runs });
  }

  /** A command leaves the lead to servers: it ends with its own run, and they stay. */
  async #aServerIsThere(): Promise<boolean> {
    const { store, presence } = this.#options;
    const servers = (await store.servers.list()).filter(
      ({ kind, role }) => kind === "server" && role !== "handing_over",
    );
    return servers.some((server) => isThere(server, presence.allBeat));
  }

  /**
   * Workers elsewhere wait for a server with what they run. A command has no place where they could connect, and would run
   * it all again: it waits a while for a server to come back.
   */
  async #workersWait(): Promise<boolean> {
    const { servers } = this.#options.store;
    const workers = await servers.listWorkers();
    if (workers.length === 0) return false;
    this.#workersSeenAtMs ??= performance.now();
    if (performance.now() - this.#workersSeenAtMs < LEAVE_TO_SERVER_MS) return true;
    for (const { id } of workers) await servers.removeWorker(id);
    return false;
  }

  async #tellWhoLeads(): Promise<void> {
    const { store, onNews } = this.#options;
    const leader = (await store.findLeader()) ?? null;
    // Between two leaders there is none for a moment, and then there is something to tell.
    if (this.#toldEpoch !== undefined && (leader === null || leader.epoch === this.#toldEpoch)) return;
    this.#toldEpoch = leader?.epoch ?? null;
    onNews({ kind: "standing_by", leader });
  }

  /** The engine stopped by itself. When the lease is lost, this process goes back in line, with the attempts it has. */
  async #endTerm(term: Term, reason: MillraceError): Promise<void> {
    this.#term = undefined;
    const unapplied = await this.#retire(term);
    await within(LEAVE_MS, this.#leadership?.release());
    if (reason.code !== "LEADERSHIP_LOST") {
      this.#stop.abort();
      this.#options.onFatal(reason);
      return;
    }
    const { executor, presence, onNews } = this.#options;
    if (executor.alive().length > 0) await this.#hold("standing_by", unapplied);
    else presence.say({ role: "standing_by", epochs: [] }).catch(() => undefined);
    const left = this.#held?.left.length ?? 0;
    if (left > 0) onNews({ kind: "holding", attempts: left });
    this.#options.onTermEnded().catch(this.#options.onFatal);
  }

  /** What attempts say from now on is not this term's. Gives what they said before and nobody applied. */
  #retire(term: Term): Promise<readonly AttemptReport[]> {
    this.#options.executor.keepReports();
    return term.retire();
  }

  async #hold(role: "handing_over" | "standing_by", unapplied: readonly AttemptReport[]): Promise<void> {
    const { store, executor, presence, actor, endHelpers } = this.#options;
    await within(LEAVE_MS, presence.say({ role, held: executor.alive() }));
    if (this.#held !== undefined) return;
    const onTooLate = async (): Promise<void> => {
      await executor.stop();
      await endHelpers();
    };
    this.#held = new HeldAttempts({ store, executor, presence, actor, onTooLate });
    await this.#held.start(unapplied);
  }

  async #pause(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, TRY_MS);
    });
    await Promise.race([over, this.#stopped.promise]);
    clearTimeout(timer);
  }

  /** Tries no more. A database that is away is not waited for, but a term that begins must have begun to be ended. */
  async #endLoop(): Promise<void> {
    this.#stop.abort();
    this.#stopped.resolve(undefined);
    this.#options.patience.end();
    await within(LEAVE_MS, this.#looping);
    await this.#beginning?.catch(() => undefined);
  }

  async #leave(): Promise<void> {
    await within(LEAVE_MS, this.#options.presence.leave());
  }
}

/** Waits for something that is better done, but not for long, and not for its success. */
async function within(ms: number, work: Promise<void> | undefined): Promise<void> {
  if (work === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
