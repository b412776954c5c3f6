import { isMillraceError } from "@millrace/client";
import { NoAnswer } from "../api/server.ts";

export interface ProblemText {
  readonly title: string;
  /** What it means, and what to do. */
  readonly advice: string | null;
  /** The same may succeed a moment later. */
  readonly isPassing: boolean;
}

/** Codes with which a server says that it cannot now. */
const PASSING = new Set<string>([
  "NO_SERVER",
  "STORE_FAILED",
  "DATABASE_LOCKED",
  "DISK_FULL",
  "LEADERSHIP_LOST",
  "INTERNAL",
]);
const ONCE = "To try again does nothing twice.";
/** What the client says where nothing answers at all, for people at a prompt. */
const NOBODY = /^There is no server at /;
/** What it says where a proxy or another server answered. */
const SOMEBODY_ELSE = / answered (\d{3}), and is no server of Millrace/;
const NOT_LOADED = /could not be loaded|dynamically imported module|module script failed|Importing a module/i;

/** What went wrong, in words for whoever looks at a page. */
export function problemText(error: unknown): ProblemText {
  if (error instanceof NoAnswer) {
    const advice = error.isChange
      ? `It may be busy, or the network is gone. ${ONCE}`
      : "It may be busy, or the network is gone.";
    return { title: error.message, advice, isPassing: true };
  }
  if (isMillraceError(error)) return ofServer(error);
  const message = error instanceof Error ? error.message : String(error);
  if (NOT_LOADED.test(message)) {
    const advice = "The network is gone, or the server runs another version of Millrace by now.";
    return { title: "A part of the page could not be loaded.", advice, isPassing: true };
  }
  // What nobody foresaw.
  return { title: "This page has met a fault of its own.", advice: message, isPassing: true };
}

function ofServer({
  code,
  message,
  hint,
}: {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}): ProblemText {
  if (NOBODY.test(message)) {
    const advice = `It may be about to start again, or the network is gone. What is here stays. ${ONCE}`;
    return { title: "The server cannot be reached.", advice, isPassing: true };
  }
  const [, status] = SOMEBODY_ELSE.exec(message) ?? [];
  if (status !== undefined) {
    const advice = `Something between this page and the server answered ${status}, such as a proxy. ${ONCE}`;
    return { title: "The server was not reached.", advice, isPassing: true };
  }
  if (code === "INTERNAL") {
    const advice = hint ?? "It is a fault of Millrace's own; the server's output says which. What is here stays.";
    return { title: message, advice, isPassing: true };
  }
  return { title: message, advice: hint, isPassing: PASSING.has(code) };
}

/** Calls again what failed in passing; undefined where the same would fail again. */
export function againOf(error: unknown, again: () => unknown): (() => void) | undefined {
  return error !== null && problemText(error).isPassing ? () => void again() : undefined;
}
