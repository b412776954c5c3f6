import type {
  AttemptTarget,
  DataReport,
  ErrorInfo,
  ResumeInfo,
  RunSlice,
  StopReason,
  VaultKind,
  Window,
  YieldUntil,
} from "@millrace/core";
import type { LogLevel } from "../logs/log-store.ts";

/** Pipes of a child beside the three standard streams. */
export const ORDERS_FD = 3;
export const REPORTS_FD = 4;

/** What a child needs to know from its start; its only argument, as JSON. */
export interface ChildSettings {
  readonly projectDir: string;
  readonly artifactsDir: string;
  /** Larger outputs go to an artifact, in bytes of text. */
  readonly inlineBytes: number;
  /** Larger outputs are refused. */
  readonly maxOutputBytes: number;
  /** `NODE_COMPILE_CACHE` was set for this child, not by whoever started Millrace. */
  readonly hasOwnCompileCache: boolean;
}

/** What the parent tells a child. The payload of `run` is the assembled input. */
export type ToChild =
  | RunMessage
  | { readonly kind: "cancel"; readonly attempt: number; readonly reason: StopReason }
  | AnswerMessage;

/** To an `ask`. The payload is the value, unless there is an error. */
export interface AnswerMessage {
  readonly kind: "answer";
  readonly id: number;
  readonly error: ErrorInfo | null;
}

export interface RunMessage {
  readonly kind: "run";
  readonly attempt: number;
  readonly run: string;
  readonly flow: string;
  readonly node: number;
  readonly item: string;
  readonly label: string;
  readonly number: number;
  readonly maxAttempts: number;
  readonly target: AttemptTarget;
  readonly params: string;
  readonly window: Window;
  readonly scheduledAtMs: number | null;
  readonly slice: RunSlice | null;
  readonly resumed: ResumeInfo | null;
  /** The folder of the version. */
  readonly versionDir: string;
  /** The bundle's module that holds the flow, and the one that holds the project's configuration. Absolute paths. */
  readonly entry: string;
  readonly configEntry: string | null;
}

/** What a child tells its parent. */
export type FromChild =
  | { readonly kind: "ready" }
  /** One call of the logger or the console; the payload is its text, which may have several lines. */
  | {
      readonly kind: "log";
      readonly atMs: number;
      readonly level: LogLevel;
      readonly source: "logger" | "console" | "system";
      /** Fields given to the logger. */
      readonly data?: unknown;
      /** The text was too long; this is its beginning. */
      readonly cut?: boolean;
    }
  /** Bytes that the user's code wrote to `process.stdout` or `process.stderr`; they are the payload. */
  | { readonly kind: "output"; readonly source: "stdout" | "stderr" }
  | { readonly kind: "data"; readonly data: DataReport }
  /** Values that must never be written; told before anybody can print them. */
  | { readonly kind: "secrets"; readonly values: readonly string[] }
  /** For the value of a secret or variable; an `answer` with the same id follows. */
  | { readonly kind: "ask"; readonly id: number; readonly what: VaultKind; readonly name: string }
  /** For the token with which the attempt reads the API: the same. */
  | { readonly kind: "ask"; readonly id: number; readonly what: "token" }
  | EndedMessage
  /** After an `ended` whose `after` was `unquiet`: nothing of the attempt is left, the child may be used again. */
  | { readonly kind: "quiet" };

/** The payload is the output's text when `outcome.output` is `inline`. */
export interface EndedMessage {
  readonly kind: "ended";
  readonly attempt: number;
  readonly outcome: ChildOutcome;
  /**
   * Whether the child may go on. `unquiet`: timers or handles of the attempt are alive; wait for `quiet`, and not for
   * long. `spoiled`: something escaped the attempt, nobody knows what else it did.
   */
  readonly after: "clean" | "unquiet" | "spoiled";
  /** The smallest pid that a process started by the attempt can have; 0 when it started none. */
  readonly spawnedFrom: number;
  /** Processes that are to stay for later attempts of this child. What they have started is not. */
  readonly kept: readonly number[];
}

export type ChildOutcome =
  | { readonly state: "success"; readonly output: "none" | "inline" }
  | { readonly state: "success"; readonly output: "artifact"; readonly artifact: string; readonly bytes: number }
  | {
      readonly state: "failed";
      readonly error: ErrorInfo;
      readonly retryable: boolean;
      readonly retryAfterMs: number | null;
    }
  | { readonly state: "yielded"; readonly carry: string; readonly until: YieldUntil };
