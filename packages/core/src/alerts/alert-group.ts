import type { Alert, AlertKind } from "./alert.ts";
import { type AlertRule, isAbout } from "./alert-rule.ts";

/** Alerts that become one message: of one rule and one kind, that came soon after each other. */
export interface AlertGroup {
  readonly rule: string;
  readonly kind: AlertKind;
  /** When the first of them was seen, and the last. */
  readonly openedAtMs: number;
  readonly lastAtMs: number;
  readonly count: number;
  /** The first flows that they are about, each once. */
  readonly flows: readonly string[];
  /** The first of them. */
  readonly first: readonly Alert[];
}

/** So many alerts of a group are kept and named; the others are counted. */
const NAMED_ALERTS = 10;
/** So many flows of a group are told apart. */
const NAMED_FLOWS = 100;

/** Puts an alert with others like it, for each rule that speaks of it. */
export function gatherAlert(
  groups: readonly AlertGroup[],
  rules: readonly AlertRule[],
  { alert, nowMs }: { readonly alert: Alert; readonly nowMs: number },
): readonly AlertGroup[] {
  let gathered = groups;
  for (const { name: rule } of rules.filter((each) => isAbout(each, alert))) {
    const open = gathered.find((group) => group.rule === rule && group.kind === alert.kind);
    const others = gathered.filter((group) => group !== open);
    gathered = [...others, added(open ?? emptyGroup(rule, alert.kind, nowMs), alert, nowMs)];
  }
  return gathered;
}

function emptyGroup(rule: string, kind: AlertKind, nowMs: number): AlertGroup {
  return { rule, kind, openedAtMs: nowMs, lastAtMs: nowMs, count: 0, flows: [], first: [] };
}

function added(group: AlertGroup, alert: Alert, nowMs: number): AlertGroup {
  const isKnown = group.flows.includes(alert.flow) || group.flows.length >= NAMED_FLOWS;
  return {
    ...group,
    lastAtMs: nowMs,
    count: group.count + 1,
    flows: isKnown ? group.flows : [...group.flows, alert.flow],
    first: group.first.length >= NAMED_ALERTS ? group.first : [...group.first, alert],
  };
}

/** When a group becomes a message. A clock that was set back must not hold it up for longer than it may wait. */
export function groupDueAtMs(group: AlertGroup, { quietMs, withinMs }: AlertRule): number {
  return Math.min(group.lastAtMs + quietMs, group.openedAtMs + withinMs);
}
