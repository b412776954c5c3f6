import { httpStatus, type ProblemCode, statusTitle } from "@millrace/contract";
import { type Issue, isMillraceError } from "@millrace/core";

/** Nobody mends more than these at once. */
export const MOST_ERRORS = 100;

export interface RefusalOptions {
  readonly hint?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Places of a request that do not fit their schema. */
  readonly errors?: readonly Issue[];
  /** Nothing more of the request is read. */
  readonly closes?: boolean;
}

/** A refusal that only HTTP knows. What the rest of Millrace refuses with is a `MillraceError`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: ProblemCode;
  readonly options: RefusalOptions;

  constructor(code: ProblemCode, detail: string, options: RefusalOptions = {}) {
    super(detail);
    this.code = code;
    this.options = options;
  }
}

/** What is wrong with a request, as RFC 9457 has it. */
export interface ProblemBody {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly hint?: string;
  readonly errors?: RefusalOptions["errors"];
}

/** Anything that was thrown, as a problem. What is our own fault is told to the operator, and not to the caller. */
export function problemOf(thrown: unknown): ProblemBody {
  if (thrown instanceof Refusal) return problemBody(thrown.code, thrown.message, thrown.options);
  if (!isMillraceError(thrown)) return problemBody("INTERNAL", "The server failed.");
  const { code, message, hint, issues } = thrown;
  if (httpStatus(code) === 500) return problemBody(code, "The server failed.");
  return problemBody(code, message, { hint: hint ?? undefined, errors: issues?.slice(0, MOST_ERRORS) });
}

interface BodyOptions {
  readonly hint?: string | undefined;
  readonly errors?: RefusalOptions["errors"] | undefined;
  /** Where a door has a finer one. Defaults to that of the code. */
  readonly status?: number;
}

/** A problem, as every door of the server says it. */
export function problemBody(code: ProblemCode, detail: string, options: BodyOptions = {}): ProblemBody {
  const { hint, errors, status = httpStatus(code) } = options;
  return {
    type: "about:blank",
    title: statusTitle(status),
    status,
    code,
    detail,
    ...(hint === undefined ? {} : { hint }),
    ...(errors === undefined ? {} : { errors }),
  };
}
