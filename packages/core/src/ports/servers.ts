import type { AttemptId, Epoch, ServerId } from "../ids.ts";
import type { WorkerLabels } from "../worker-labels.ts";

/**
 * The servers of a project as the store knows them, so that a new leader can tell which attempts still run elsewhere.
 * Anybody writes its own row and nobody else's, but for removing those that are dead.
 */
export interface Servers {
  /** Writes a server down, or down again: with that it has given a sign of life, by the database's clock. */
  beat(server: ServerRow): Promise<void>;
  /** All that were written down and not removed, those that began first first. */
  list(): Promise<readonly KnownServer[]>;
  /** Forgets a server. One that is not there is fine. */
  remove(id: ServerId): Promise<void>;
  /** Writes down, or down again, a worker that is connected to a leader: the next one waits for it. */
  keepWorker(worker: WorkerRow): Promise<void>;
  /** All that were written down and not removed, those that came first first. */
  listWorkers(): Promise<readonly WorkerRow[]>;
  /** Forgets a worker. One that is not there is fine. */
  removeWorker(id: string): Promise<void>;
}

/** A process of its own that runs attempts, as the leader that it is connected to has written it down. */
export interface WorkerRow {
  readonly id: string;
  /** For people. Several may have the same. */
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** Of Millrace, there. */
  readonly version: string;
  readonly labels: WorkerLabels;
  /** How many attempts it takes at once; 0 when it is about to leave. */
  readonly slots: number;
  readonly server: ServerId;
  readonly connectedAtMs: number;
}

/** A process that leads, or may. */
export interface ServerRow {
  readonly id: ServerId;
  /** `server`: it stays. `command`: it leads only as long as its own runs need it. */
  readonly kind: "server" | "command";
  /** The machine, as people know it. */
  readonly host: string;
  readonly pid: number;
  /** How others on the same machine tell whether the process lives; opaque to the store. */
  readonly process: string;
  /** `handing_over`: it is about to leave, and only brings its attempts to their end. */
  readonly role: "leading" | "standing_by" | "handing_over";
  readonly startedAtMs: number;
  /** The epochs in which it led, as far as its attempts are from them: these attempts are with this server. */
  readonly epochs: readonly Epoch[];
  /** The attempts that it still has, said by one that does not lead. Null while it leads: then its own memory counts. */
  readonly held: readonly AttemptId[] | null;
}

export interface KnownServer extends ServerRow {
  /** Since its last sign of life, in milliseconds by the database's clock. */
  readonly silentMs: number;
}
