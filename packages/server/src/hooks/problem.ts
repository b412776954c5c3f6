import { statusTitle } from "@millrace/contract";
import type { ErrorCode } from "@millrace/core";

/** An answer to a request. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is wrong with a request, as RFC 9457 has it. */
export interface Problem {
  readonly status: number;
  readonly code: ErrorCode | ProblemCode;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Beside what every problem has. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Refusals that only HTTP knows. */
type ProblemCode =
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "BODY_TOO_LARGE"
  | "BODY_UNREADABLE"
  | "BAD_SIGNATURE"
  | "ALREADY_SEEN"
  | "NOT_ANSWERED";

export function problem({ status, code, detail, headers = {}, more = {} }: Problem): HttpAnswer {
  return {
    status,
    headers: { ...headers, "content-type": "application/problem+json" },
    body: { type: "about:blank", title: statusTitle(status), status, code, detail, ...more },
  };
}
