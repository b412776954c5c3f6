import { useLocation } from "@tanstack/react-router";
import { useEffect } from "react";

export type VisitedKind = "flow" | "run" | "task" | "backfill" | "schedule";

/** Something that somebody has looked at in this browser. */
export interface Visited {
  readonly kind: VisitedKind;
  readonly title: string;
  /** Where it is shown. */
  readonly path: string;
}

const KEY = "millrace.visited";
const KINDS: readonly unknown[] = ["flow", "run", "task", "backfill", "schedule"] satisfies VisitedKind[];
const MOST = 8;

/** The newest first. */
export function visited(): readonly Visited[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isVisited).slice(0, MOST) : [];
  } catch {
    // What is kept may be from another version, or nothing may be kept at all.
    return [];
  }
}

/** What was kept may be anything, and a path is gone to: only one of these pages is. */
function isVisited(value: unknown): value is Visited {
  if (typeof value !== "object" || value === null) return false;
  const { kind, title, path } = value as Partial<Record<keyof Visited, unknown>>;
  return KINDS.includes(kind) && typeof title === "string" && typeof path === "string" && /^\/[a-z]/.test(path);
}

/** Remembers that what this page is about was looked at. */
export function useVisited(kind: VisitedKind, title: string | undefined): void {
  const path = useLocation({ select: ({ pathname }) => pathname });
  useEffect(() => {
    if (title === undefined) return;
    const others = visited().filter((each) => each.path !== path);
    keep([{ kind, title, path }, ...others].slice(0, MOST));
  }, [kind, title, path]);
}

/** Whoever logs in next has seen none of it. */
export function forgetVisited(): void {
  keep([]);
}

function keep(all: readonly Visited[]): void {
  try {
    if (all.length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // Then the palette does not know it.
  }
}
