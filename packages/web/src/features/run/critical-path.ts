import type { FlowNode, TaskRun } from "../../api/shapes.ts";
import { type Dependencies, dependenciesOf } from "../graph/dependencies.ts";

export interface CriticalStep {
  readonly row: TaskRun;
  /** From when it was the one that all waited for, to its end: its time in a queue, of all tries, and between them. */
  readonly fromMs: number;
  readonly endMs: number;
}

/** The task runs that decided how long a run took, in their order. */
export interface CriticalPath {
  readonly steps: readonly CriticalStep[];
  /** What they took together. */
  readonly sumMs: number;
}

/** Steps that are told one by one, and between them how many are not. */
export type ToldStep = CriticalStep | { readonly left: number };

/** Of a long path those that took longest, and the first and the last; where others are left out it says how many. */
export function toldSteps(steps: readonly CriticalStep[], most: number): readonly ToldStep[] {
  if (steps.length <= most) return steps;
  const ends = [0, steps.length - 1];
  const others = steps.map((_, place) => place).filter((place) => !ends.includes(place));
  const longest = others.sort((a, b) => tookMs(steps[b]) - tookMs(steps[a])).slice(0, most - ends.length);
  const told = [...ends, ...longest].sort((a, b) => a - b);
  return told.flatMap((place, at): readonly ToldStep[] => {
    const after = told[at - 1] ?? -1;
    const left = place - after - 1;
    // One that is left out would be told with as many words.
    return left < 2 ? steps.slice(after + 1, place + 1) : [{ left }, ...steps.slice(place, place + 1)];
  });
}

/** The step that took longest: what is to be looked at first. */
export function longestStep(steps: readonly CriticalStep[]): CriticalStep | undefined {
  return steps.reduce<CriticalStep | undefined>((best, step) => (tookMs(step) > tookMs(best) ? step : best), undefined);
}

function tookMs(step: CriticalStep | undefined): number {
  return step === undefined ? 0 : step.endMs - step.fromMs;
}

type Place = Pick<FlowNode, "id" | "kind" | "upstream" | "map" | "arm">;
type Row = Pick<TaskRun, "node" | "item" | "hook" | "readyAt" | "startedAt" | "endedAt">;

/** Clocks of workers and of the engine differ by a little. */
const SLACK_MS = 20;

/**
 * From the task run that ended last back to what made it ready: of what it waited for, the one that ended last before it
 * was. What was skipped took no time, and is passed through.
 */
export function criticalPathOf(nodes: readonly Place[], taskRuns: readonly TaskRun[], nowMs: number): CriticalPath {
  const rows = taskRuns.filter(({ hook, node }) => hook === "" && nodes[node]?.kind === "task");
  const byNode = Map.groupBy(rows, ({ node }) => node);
  const dependencies = dependenciesOf(nodes);
  const chain: TaskRun[] = [];
  const seen = new Set<TaskRun>();
  const started = rows.filter(({ startedAt }) => startedAt !== null);
  let row = latest(started, nowMs);
  while (row !== undefined && !seen.has(row)) {
    seen.add(row);
    if (row.startedAt !== null) chain.unshift(row);
    const before = waitedFor({ nodes, dependencies, byNode }, row).filter((each) => !seen.has(each));
    const readyMs = msOf(row.readyAt) ?? startOf(row) ?? nowMs;
    const inTime = before.filter((each) => endOf(each, nowMs) <= readyMs + SLACK_MS);
    row = latest(inTime.length > 0 ? inTime : before, nowMs);
  }
  return pathOf(chain, nowMs);
}

function pathOf(chain: readonly TaskRun[], nowMs: number): CriticalPath {
  const steps: CriticalStep[] = [];
  let sumMs = 0;
  for (const row of chain) {
    const endMs = endOf(row, nowMs);
    const readyMs = msOf(row.readyAt) ?? startOf(row) ?? endMs;
    const fromMs = Math.min(endMs, Math.max(readyMs, steps.at(-1)?.endMs ?? readyMs));
    steps.push({ row, fromMs, endMs });
    sumMs += endMs - fromMs;
  }
  return { steps, sumMs };
}

/** The one that ended last; of those that did at once, the one that was ready first. */
function latest<Each extends Row>(rows: readonly Each[], nowMs: number): Each | undefined {
  let found: Each | undefined;
  for (const row of rows) {
    const later = found === undefined ? 1 : endOf(row, nowMs) - endOf(found, nowMs);
    const isLonger = (row.readyAt ?? "") < (found?.readyAt ?? "");
    if (later > 0 || (later === 0 && isLonger)) found = row;
  }
  return found;
}

interface Known {
  readonly nodes: readonly Place[];
  readonly dependencies: Dependencies;
  readonly byNode: ReadonlyMap<number, readonly TaskRun[]>;
}

/** All task runs that had to be over first. Through the borders of maps and branches, which take no time themselves. */
function waitedFor({ nodes, dependencies, byNode }: Known, row: TaskRun): TaskRun[] {
  const { before, nodeOf } = dependencies;
  const found: TaskRun[] = [];
  const seen = new Set<number>();
  const walk = (vertex: number, scope: string): void => {
    for (const other of before[vertex] ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      const node = nodeOf[other] ?? other;
      const place = nodes[node];
      if (place === undefined) continue;
      if (place.kind === "task") {
        for (const each of byNode.get(node) ?? []) if (isWithin(each.item, scope)) found.push(each);
      } else {
        // Out of the body of a map, one item of it is as good as any.
        const isOut = place.kind === "map" && other === node;
        walk(other, isOut && vertex !== dependencies.endOf[node] ? outer(scope) : scope);
      }
    }
  };
  walk(row.node, row.item);
  return found.filter(({ endedAt, startedAt }) => endedAt !== null || startedAt !== null);
}

function outer(item: string): string {
  return item.slice(0, Math.max(0, item.lastIndexOf(".")));
}

/** Whether one item is the other, in it, or around it. */
function isWithin(item: string, scope: string): boolean {
  if (item === "" || scope === "" || item === scope) return true;
  return item.startsWith(`${scope}.`) || scope.startsWith(`${item}.`);
}

function msOf(at: string | null): number | undefined {
  return at === null ? undefined : Date.parse(at);
}

function startOf({ startedAt }: Row): number | undefined {
  return msOf(startedAt);
}

function endOf({ endedAt }: Row, nowMs: number): number {
  return msOf(endedAt) ?? nowMs;
}
