import type {
  AttemptOrder,
  AttemptOutcome,
  DataReport,
  ErrorInfo,
  ReportAnswer,
  ResourcePolicy,
  StopReason,
  VaultKind,
} from "@millrace/core";

/**
 * What a server and a worker in a process of its own say to each other, over one WebSocket that the worker opens. Each
 * message of the socket is one or more frames (`framing/frame.ts`); a frame's header is one of these messages.
 *
 * 1. The worker says `hello`: who it is, how many attempts it takes, and which it still has from before.
 * 2. The server says `welcome`: which of these it knows nothing of any more, and how much of each log it has.
 * 3. From then on `start` and `cancel` go one way, reports and logs the other; each end of an attempt is told until it is
 *    acknowledged, and each piece of a log is kept until it is.
 */
export const PROTOCOL = 1;

/** Where workers connect, below a server's address. */
export const WORKERS_PATH = "/api/v1/workers/connect";

/** Signs of life go both ways this often, in milliseconds. */
export const BEAT_MS = 2_000;
/** A worker that was silent for so long has lost its attempts: others may run them again. In milliseconds. */
export const WORKER_SILENT_MS = 10_000;
/** A worker that hears nothing, from nobody, for so long ends its attempts, before others start them again. In milliseconds. */
export const SERVER_SILENT_MS = 0.8 * WORKER_SILENT_MS;
/** Files and logs travel in pieces of at most this many bytes. */
export const PIECE_BYTES = 1024 * 1024;
/** No message of the socket is larger. */
export const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Why a connection was closed, where one of the two says so. */
export const CLOSE = {
  /** The server does not lead any more, or stops. Another may take the worker, or the same again soon. */
  leadsNoMore: 4001,
  /** What was said makes no sense. */
  nonsense: 4002,
  /** The worker has connected anew: this connection is the old one. */
  replaced: 4003,
  /** The worker leaves for good. */
  leaving: 4004,
} as const;

export interface Hello {
  readonly kind: "hello";
  readonly protocol: number;
  /** Of Millrace. */
  readonly version: string;
  /** Of this process: another one with the same name is another worker. */
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly labels: Readonly<Record<string, string>>;
  /** How many attempts it takes at once. */
  readonly slots: number;
  readonly resources: ResourcePolicy;
  /** Attempts that it has: they run there, or their end was not acknowledged yet. */
  readonly held: readonly number[];
}

export type FromWorker =
  | Hello
  | { readonly kind: "beat" }
  /** It takes so many from now on; 0 when it is about to leave. */
  | { readonly kind: "slots"; readonly slots: number }
  | { readonly kind: "started"; readonly attempt: number; readonly atMs: number; readonly pid: number }
  | { readonly kind: "data"; readonly attempt: number; readonly data: DataReport }
  /** The payload is the output's text when the output is inline. */
  | { readonly kind: "ended"; readonly attempt: number; readonly atMs: number; readonly outcome: SentOutcome }
  /** A piece of an attempt's log; the payload is the bytes from `at` on. */
  | { readonly kind: "log"; readonly attempt: number; readonly at: number }
  | AskMessage;

/** What a worker wants from its server; an `answer` with the same id follows. */
export type AskMessage = { readonly kind: "ask"; readonly id: number } & Asked;

export type Asked =
  /** The value of a secret or variable, for an attempt that runs there. */
  | { readonly what: VaultKind; readonly attempt: number; readonly name: string }
  /** A token for the API, for an attempt that runs there. Of which run it is, the server knows better. */
  | { readonly what: "token"; readonly attempt: number; readonly run: string }
  /** The files of a version, in one go. */
  | { readonly what: "version"; readonly version: string }
  /** A piece of an artifact's file. */
  | { readonly what: "artifact"; readonly artifact: string; readonly at: number }
  /** Takes a piece of an artifact's file, which is the payload. */
  | { readonly what: "keep"; readonly artifact: string; readonly at: number; readonly isLast: boolean };

export type ToWorker =
  | {
      readonly kind: "welcome";
      /** Attempts that nobody wants to hear of any more. */
      readonly gone: readonly number[];
      /** How many bytes of the log of each other held attempt are kept already. */
      readonly logs: readonly (readonly [attempt: number, bytes: number])[];
    }
  | { readonly kind: "beat" }
  /** The payload is the order's input. */
  | { readonly kind: "start"; readonly order: Omit<AttemptOrder, "input"> }
  | { readonly kind: "cancel"; readonly attempt: number; readonly reason: StopReason }
  /** It is to take nothing new, or as much as before; it says `slots` then. */
  | { readonly kind: "drain"; readonly isDraining: boolean }
  | { readonly kind: "acknowledge"; readonly attempt: number; readonly answer: ReportAnswer }
  /** So many bytes of the log are kept. */
  | { readonly kind: "logged"; readonly attempt: number; readonly bytes: number }
  | AnswerMessage;

/** The payload is what was asked for. */
export interface AnswerMessage {
  readonly kind: "answer";
  readonly id: number;
  readonly error: ErrorInfo | null;
  /** Of a version: its files, whose contents lie in the payload one behind the other. */
  readonly files?: readonly SentFile[];
  /** Of an artifact: the size of the whole file. Of what is kept: whether it is there as a whole. */
  readonly bytes?: number;
  readonly isWhole?: boolean;
}

interface SentFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of its content, in hex. */
  readonly hash: string;
}

/** An outcome whose inline output travels beside it. */
export type SentOutcome =
  | Exclude<AttemptOutcome, { readonly state: "success" }>
  | {
      readonly state: "success";
      readonly output:
        | { readonly kind: "none" }
        | { readonly kind: "inline" }
        | { readonly kind: "artifact"; readonly artifact: string; readonly bytes: number };
    };
