import type { ProblemCode } from "@millrace/contract";
import { problemBody } from "../http/refusal.ts";

/** An answer to a request. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

interface RefusalParts {
  readonly code: ProblemCode;
  readonly detail: string;
  /** Where it is another than the code's: senders are told more exactly whether to come again. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Beside what every problem has. */
  readonly more?: object;
}

/** What a sender is refused with. */
export function refusalAnswer({ code, detail, status, headers = {}, more = {} }: RefusalParts): HttpAnswer {
  const body = problemBody(code, detail, status === undefined ? {} : { status });
  return {
    status: body.status,
    headers: { ...headers, "content-type": "application/problem+json" },
    body: { ...body, ...more },
  };
}
