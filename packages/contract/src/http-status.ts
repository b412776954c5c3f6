import type { ErrorCode } from "@millrace/core";

/** Refusals that only HTTP knows. */
export type HttpCode =
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "INVALID_REQUEST"
  | "BODY_TOO_LARGE"
  | "BODY_UNREADABLE"
  | "FORBIDDEN"
  | "TOO_MANY_REQUESTS"
  | "KEY_REUSED"
  // Of webhooks.
  | "BAD_SIGNATURE"
  | "ALREADY_SEEN"
  | "NOT_ANSWERED";

/** Every code that a problem of the API may have. */
export type ProblemCode = ErrorCode | HttpCode;

/** What a code becomes. Those that no request can meet say 500: then it is a bug of ours that one did. */
const BY_CODE: Partial<Readonly<Record<ProblemCode, number>>> = {
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  INVALID_REQUEST: 400,
  BODY_TOO_LARGE: 413,
  BODY_UNREADABLE: 400,
  FORBIDDEN: 403,
  UNAUTHENTICATED: 401,
  TOO_MANY_REQUESTS: 429,
  KEY_REUSED: 422,
  BAD_SIGNATURE: 401,
  ALREADY_SEEN: 409,
  NOT_ANSWERED: 503,
  USAGE: 400,
  UNKNOWN_FLOW: 404,
  UNKNOWN_TASK: 404,
  UNKNOWN_RUN: 404,
  UNKNOWN_VERSION: 404,
  UNKNOWN_POOL: 404,
  UNKNOWN_WORKER: 404,
  UNKNOWN_PARTITION: 404,
  UNKNOWN_BACKFILL: 404,
  UNKNOWN_TRIGGER: 404,
  UNKNOWN_ALERT: 404,
  UNKNOWN_FILE: 404,
  UNKNOWN_USER: 404,
  UNKNOWN_TOKEN: 404,
  MISSING_SECRET: 404,
  MISSING_VARIABLE: 404,
  NAME_TAKEN: 409,
  INVALID_NAME: 422,
  INVALID_BACKFILL: 422,
  BACKFILL_TOO_LARGE: 422,
  INVALID_PARAMS: 422,
  BACKFILL_ACTIVE: 409,
  BACKFILL_FINISHED: 409,
  NOT_WAITING: 409,
  RUN_ACTIVE: 409,
  RUN_FINISHED: 409,
  NO_SERVER: 503,
  DATABASE_LOCKED: 503,
  DATABASE_READ_ONLY: 503,
  DISK_FULL: 503,
  LEADERSHIP_LOST: 503,
  STORE_FAILED: 503,
};

/** The one place where codes become HTTP. */
export function httpStatus(code: ProblemCode): number {
  return BY_CODE[code] ?? 500;
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** What a status is called (RFC 9110). */
export function statusTitle(status: number): string {
  return TITLES[status] ?? "Error";
}
