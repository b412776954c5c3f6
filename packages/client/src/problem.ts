import { type ErrorCode, type Issue, MillraceError } from "@millrace/contract";

/** Codes that only HTTP knows: what was asked is wrong in itself. */
const WRONG_USE = new Set([
  "NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "INVALID_REQUEST",
  "BODY_TOO_LARGE",
  "BODY_UNREADABLE",
  "FORBIDDEN",
  "TOO_MANY_REQUESTS",
]);

/** What a server refused, as something to throw. */
export async function errorOf(response: Response): Promise<MillraceError> {
  const text = await response.text();
  const { code, detail, hint, errors: issues } = parse(text);
  if (code === undefined || detail === undefined) {
    return new MillraceError(
      "NO_SERVER",
      `${new URL(response.url).origin} answered ${response.status}, and is no server of Millrace.`,
      {
        hint: "Check the address.",
      },
    );
  }
  const known = WRONG_USE.has(code) ? "USAGE" : (code as ErrorCode);
  return new MillraceError(known, detail, { ...(hint === undefined ? {} : { hint }), issues });
}

interface Parsed {
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly errors?: readonly Issue[];
}

function parse(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
