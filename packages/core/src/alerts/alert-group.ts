import type { Alert, AlertKind } from "./alert.ts";
import { type AlertRule, isAbout } from "./alert-rule.ts";
import type { FailingFlow } from "./failing-flow.ts";

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

/**
 * Which rules tell of a run that failed: those that tell of each, and of the others those that have not told of its flow for
 * as long as they say.
 *
 * @returns these rules, and the flow as it is when they have.
 */
export function tellFailure(
  rules: readonly AlertRule[],
  failing: FailingFlow,
  { alert, nowMs }: { readonly alert: Alert; readonly nowMs: number },
): { readonly rules: readonly AlertRule[]; readonly failing: FailingFlow } {
  const { toldAtMs = {} } = failing;
  const due = rules.filter(({ name, repeatMs }) => {
    const toldMs = toldAtMs[name];
    // A clock that was set back must not silence anybody.
    return toldMs === undefined || nowMs < toldMs || nowMs - toldMs >= repeatMs;
  });
  const telling = due.filter((rule) => rule.repeatMs > 0 && isAbout(rule, alert));
  if (telling.length === 0) return { rules: due, failing };
  const told = Object.fromEntries(telling.map(({ name }) => [name, nowMs]));
  return { rules: due, failing: { ...failing, toldAtMs: { ...toldAtMs, ...told } } };
}
