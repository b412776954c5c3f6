import type { ErrorCode } from "@millrace/core";

/** The closed list of exit codes; scripts rely on it, so a number never changes its meaning. */
export const EXIT = {
  success: 0,
  /** The run failed or was cancelled by somebody else, or `check` found errors in the project. */
  failed: 1,
  /** The command line is wrong: an unknown command, flow, task or run, bad parameters, a folder without a project. */
  usage: 2,
  /** The project's database cannot be used: locked, read-only, newer, corrupt, the disk is full; or no server is there. */
  unreachable: 3,
  /** Interrupted by Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const WRONG_USE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "USAGE",
  "UNKNOWN_FLOW",
  "UNKNOWN_TASK",
  "UNKNOWN_RUN",
  "UNKNOWN_VERSION",
  "UNKNOWN_POOL",
  "UNKNOWN_WORKER",
  "UNKNOWN_PARTITION",
  "UNKNOWN_BACKFILL",
  "INVALID_BACKFILL",
  "BACKFILL_ACTIVE",
  "BACKFILL_TOO_LARGE",
  "BACKFILL_FINISHED",
  "UNKNOWN_TRIGGER",
  "UNKNOWN_ALERT",
  "UNKNOWN_FILE",
  "NOT_WAITING",
  "INVALID_PARAMS",
  "RUN_ACTIVE",
  "RUN_FINISHED",
  "UNAUTHENTICATED",
  "UNKNOWN_USER",
  "UNKNOWN_TOKEN",
  "NAME_TAKEN",
  "NO_PROJECT",
]);

const UNREACHABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "DATABASE_LOCKED",
  "DATABASE_READ_ONLY",
  "DATABASE_NEWER",
  "DATABASE_CORRUPT",
  "DISK_FULL",
  "LEADERSHIP_LOST",
  "STORE_FAILED",
  "NO_SERVER",
]);

/** The exit code of a refusal. What is neither wrong use nor an unreachable store is a fault of the project or run. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  if (WRONG_USE.has(code)) return EXIT.usage;
  if (UNREACHABLE.has(code)) return EXIT.unreachable;
  return EXIT.failed;
}
