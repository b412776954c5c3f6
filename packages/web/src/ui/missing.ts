import { isMillraceError } from "@millrace/client";
import type { IconName } from "./icon.tsx";

/** What is said of something that is not there. */
export interface MissingText {
  readonly icon: IconName;
  /** Why that is so most often. */
  readonly why: string;
  /** Where to look for it. */
  readonly to: "/flows" | "/runs" | "/backfills" | "run" | "newest";
  readonly way: string;
}

const ELSEWHERE = "If the address was sent to you, see whether it is of another project: this one is at";

const TEXTS: Readonly<Record<string, MissingText>> = {
  UNKNOWN_RUN: {
    icon: "runs",
    why: "Retention removes old runs with their logs; it may have been one of them.",
    to: "/runs",
    way: "Go to runs",
  },
  UNKNOWN_FLOW: {
    icon: "flows",
    why: "It may have been renamed, or taken out of the code. Runs that it has had are kept under its old name.",
    to: "/flows",
    way: "Go to flows",
  },
  UNKNOWN_TASK: {
    icon: "list",
    why: "It may have another name in the version of the code that this run is of.",
    to: "run",
    way: "Go to the run",
  },
  UNKNOWN_BACKFILL: {
    icon: "grid",
    why: "Retention may have removed it, with its runs.",
    to: "/backfills",
    way: "Go to backfills",
  },
  UNKNOWN_VERSION: {
    icon: "code",
    why: "Versions that no run needs any more are removed with old runs.",
    to: "newest",
    way: "Show the newest version",
  },
};

/** What to say where an answer was that something is not there; undefined for all other errors. */
export function missingText(error: unknown): MissingText | undefined {
  if (!isMillraceError(error)) return undefined;
  const text = TEXTS[error.code];
  return text && { ...text, why: `${text.why} ${ELSEWHERE} ${location.host}.` };
}
