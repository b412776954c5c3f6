import type { ErrorInfo, Issue } from "./error-info.ts";

/** Every way in which Millrace refuses something. Closed: a new refusal gets its code here. */
export type ErrorCode =
  // What a person or program asked for
  | "USAGE"
  | "UNKNOWN_FLOW"
  | "UNKNOWN_TASK"
  | "UNKNOWN_RUN"
  | "UNKNOWN_VERSION"
  | "UNKNOWN_POOL"
  | "UNKNOWN_WORKER"
  | "UNKNOWN_PARTITION"
  | "UNKNOWN_BACKFILL"
  | "INVALID_BACKFILL"
  | "BACKFILL_ACTIVE"
  | "BACKFILL_TOO_LARGE"
  | "BACKFILL_FINISHED"
  | "UNKNOWN_TRIGGER"
  | "UNKNOWN_ALERT"
  | "UNKNOWN_FILE"
  | "NOT_WAITING"
  | "INVALID_PARAMS"
  | "RUN_ACTIVE"
  | "RUN_FINISHED"
  | "NO_SERVER"
  // Who may come in
  | "UNAUTHENTICATED"
  | "UNKNOWN_USER"
  | "UNKNOWN_TOKEN"
  | "NAME_TAKEN"
  // Projects and definitions
  | "NO_PROJECT"
  | "DEV_RUNNING"
  | "INVALID_CONFIG"
  | "BUILD_FAILED"
  | "IMPORT_FAILED"
  | "IMPORT_TIMEOUT"
  | "DEFINITION_FAILED"
  | "NO_FLOW_IN_FILE"
  | "DUPLICATE_FLOW"
  | "DUPLICATE_TASK"
  | "INVALID_NAME"
  | "INVALID_OPTION"
  | "INVALID_INPUT"
  | "FOREIGN_REF"
  | "REF_OUTSIDE_REGION"
  | "REF_AS_VALUE"
  | "OUTSIDE_FLOW"
  | "ASYNC_FLOW"
  | "EMPTY_FLOW"
  | "CYCLE"
  | "RULE_WITHOUT_UPSTREAM"
  | "MISSING_CONNECTION"
  | "MISSING_FILE"
  | "TASK_TOO_LARGE"
  // Attempts
  | "TIMEOUT"
  | "RUN_TIMEOUT"
  | "CANCELLED"
  | "PROCESS_DIED"
  | "POISON"
  | "MARKED"
  | "MEMORY_LIMIT"
  | "OUTPUT_NOT_STORABLE"
  | "OUTPUT_TOO_LARGE"
  | "SECRET_IN_OUTPUT"
  | "NOT_A_LIST"
  | "TOO_MANY_ITEMS"
  | "ITEMS_FAILED"
  | "UNKNOWN_ARM"
  | "INPUT_INVALID"
  | "OUTPUT_INVALID"
  | "COMMAND_FAILED"
  | "COMMAND_NOT_FOUND"
  | "HTTP_STATUS"
  | "HTTP_FAILED"
  | "TARGET_REFUSED"
  | "SQL_FAILED"
  | "WAIT_TIMEOUT"
  | "CHILD_RUN_FAILED"
  | "APPROVAL_REJECTED"
  | "MISSING_PEER"
  | "MISSING_SECRET"
  | "MISSING_VARIABLE"
  | "INVALID_SECRET_KEY"
  | "SECRET_UNREADABLE"
  // Store
  | "DATABASE_LOCKED"
  | "DATABASE_READ_ONLY"
  | "DATABASE_NEWER"
  | "DATABASE_CORRUPT"
  | "DISK_FULL"
  | "LEADERSHIP_LOST"
  | "ARTIFACT_MISSING"
  | "STORE_FAILED"
  | "VALUE_UNREADABLE"
  // Everything else is a bug of ours
  | "INTERNAL";

export interface MillraceErrorOptions {
  /** What to try, one sentence. */
  readonly hint?: string;
  /** A source frame, ready to print. */
  readonly frame?: string | null;
  readonly cause?: unknown;
  /** Each place that does not fit, of what was checked with a schema. */
  readonly issues?: readonly Issue[] | undefined;
}

/** The one error class of Millrace. Its message says what is wrong and where; `hint` says what to do. */
export class MillraceError extends Error {
  override readonly name = "MillraceError";
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly frame: string | null;
  /** Each place that does not fit, of what was checked with a schema; nothing for other refusals. */
  readonly issues?: readonly Issue[];

  constructor(code: ErrorCode, message: string, options: MillraceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
    this.frame = options.frame ?? null;
    if (options.issues !== undefined) this.issues = options.issues;
  }
}

/** A cause chain longer than this is cut: it is a ring, or nobody reads it. */
const MAX_CAUSES = 8;

/** Turns anything that was thrown into plain data, its causes too. */
export function toErrorInfo(thrown: unknown, depth = 0): ErrorInfo {
  if (!(thrown instanceof Error)) {
    return { code: null, name: "Error", message: textOf(thrown), stack: null, frame: null, cause: null, hint: null };
  }
  const own: Partial<MillraceError> = isMillraceError(thrown) ? thrown : {};
  return {
    code: own.code ?? null,
    name: String(thrown.name),
    message: messageOf(thrown),
    stack: thrown.stack ?? null,
    frame: own.frame ?? null,
    cause: thrown.cause === undefined || depth >= MAX_CAUSES ? null : toErrorInfo(thrown.cause, depth + 1),
    hint: own.hint ?? null,
    ...(own.issues === undefined ? {} : { issues: own.issues }),
  };
}

/** By name and shape, not by class: a project may hold a second copy of the package. */
export function isMillraceError(thrown: unknown): thrown is MillraceError {
  return thrown instanceof Error && thrown.name === "MillraceError" && "code" in thrown && "hint" in thrown;
}

/** Node's AggregateErrors (a refused connection to a host with several addresses) say nothing themselves. */
function messageOf(error: Error): string {
  const isSilent = error.message === "" && error instanceof AggregateError;
  return isSilent
    ? error.errors.map((each) => (each instanceof Error ? each.message : textOf(each))).join("; ")
    : error.message;
}

/** What was thrown and is no error, for people: text as it is, plain data as JSON. */
function textOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  try {
    return JSON.stringify(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}

/** Plain data of a refusal that never was thrown. */
export function errorInfo(code: ErrorCode, message: string, hint: string | null = null): ErrorInfo {
  return { code, name: "MillraceError", message, stack: null, frame: null, cause: null, hint };
}
