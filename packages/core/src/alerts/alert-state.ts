import type { AlertGroup } from "./alert-group.ts";
import type { FailingFlow } from "./failing-flow.ts";

/** What the one who watches for alerts has to remember, all of it: it is written whole. */
export interface AlertState {
  /** Every event up to this `seq` was looked at. Null: nobody watches; whoever begins does so from now on. */
  readonly cursor: number | null;
  /** Flows whose last run failed. */
  readonly failing: Readonly<Record<string, FailingFlow>>;
  /**
   * What was told and holds on, by a key that names it, with the time at which it was last seen to hold: so that it is not
   * told twice.
   */
  readonly told: Readonly<Record<string, number>>;
  readonly groups: readonly AlertGroup[];
}

export const NO_ALERTS: AlertState = { cursor: null, failing: {}, told: {}, groups: [] };

/** What has not held for so long is forgotten, in milliseconds. */
const FORGET_AFTER_MS = 60 * 60 * 1_000;
/** What holds on is written down anew this often, in milliseconds. */
const REFRESH_MS = 10 * 60 * 1_000;

/**
 * Which of the things that hold now are news, and what is told from now on. Gives the same object back where nothing that
 * has to be kept has changed.
 *
 * @param holding keys of what holds.
 * @param isAll nothing else holds: what was told and has not held for long is forgotten.
 */
export function takeNews(
  told: AlertState["told"],
  holding: ReadonlySet<string>,
  { nowMs, isAll }: { readonly nowMs: number; readonly isAll: boolean },
): { readonly news: ReadonlySet<string>; readonly told: AlertState["told"] } {
  const news = new Set([...holding].filter((key) => !Object.hasOwn(told, key)));
  const kept = Object.entries(told).filter(
    ([key, atMs]) => !isAll || holding.has(key) || nowMs - atMs < FORGET_AFTER_MS,
  );
  const isStale = kept.some(([key, atMs]) => holding.has(key) && nowMs - atMs >= REFRESH_MS);
  if (news.size === 0 && !isStale && kept.length === Object.keys(told).length) return { news, told };
  const fresh = [...holding].map((key) => [key, nowMs] as const);
  return { news, told: { ...Object.fromEntries(kept), ...Object.fromEntries(fresh) } };
}
