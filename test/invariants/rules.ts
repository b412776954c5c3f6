import {
  CANCELLED,
  type CompiledFlow,
  compileFlow,
  decideTrigger,
  type EventRow,
  FAILED,
  type FinalCode,
  type Frame,
  ROOT_ITEM,
  RunProgress,
  SKIPPED,
  SUCCESS,
  type TaskRunRow,
  UPSTREAM_FAILED,
} from "@millrace/core";
import { type AuditedRun, isMarked } from "./task-runs.ts";

const SILENT = { ready: () => {}, decided: () => {}, complete: () => {}, finished: () => {} };

/**
 * Follows a run event by event: what began had to begin by then, and what ended without beginning could not, by the
 * trigger rules and by how the upstreams had ended at that moment.
 */
export function auditRules(audited: AuditedRun): string[] {
  const { run, spec, events } = audited;
  // Of a run that was stopped or is a part, not everything is there.
  if (run.cancelRequested || (run.selection !== null && run.rerunOf === null)) return [];
  const compiled = compileFlow(spec);
  if (!compiled.ok) return ["its graph does not hold together"];
  const follower = new Follower(audited, compiled.flow);
  for (const event of events) if (!event.type.startsWith("run.") && event.node >= 0) follower.follow(event);
  return follower.wrong;
}

class Follower {
  readonly wrong: string[] = [];
  readonly #audited: AuditedRun;
  readonly #progress: RunProgress;
  readonly #rows: ReadonlyMap<string, TaskRunRow>;
  readonly #hooks: ReadonlySet<number>;
  readonly #begun = new Set<string>();
  /** What stood so from the start: taken over from the run before, or marked. */
  readonly #taken: ReadonlyMap<string, TaskRunRow>;

  constructor(audited: AuditedRun, flow: CompiledFlow) {
    this.#audited = audited;
    this.#progress = new RunProgress(flow, SILENT);
    const own = audited.taskRuns.filter(({ hook }) => hook === "");
    this.#rows = new Map(own.map((row) => [`${row.node}/${row.item}`, row]));
    this.#hooks = new Set(audited.attempts.filter(({ hook }) => hook !== "").map(({ id }) => id));
    const taken = [...this.#rows].filter(([, row]) => row.reusedFrom !== null || isMarked(audited, row));
    this.#taken = new Map(taken.toSorted(([, one], [, other]) => one.node - other.node));
    if (audited.run.rerunOf !== null) this.#repeat();
  }

  /** What is not there was left out, and what was taken over is there before anything begins. */
  #repeat(): void {
    const { root, flow } = this.#progress;
    const top = flow.scopes[0]?.nodes ?? [];
    this.#progress.exclude([...top.keys()].filter((local) => !this.#rows.has(`${top[local]}/`)));
    this.#restore(root, ({ item }) => item === ROOT_ITEM);
  }

  #restore(frame: Frame, isIn: (row: TaskRunRow) => boolean): void {
    for (const row of this.#taken.values()) {
      const at = isIn(row) ? this.#find(row.node, row.item) : undefined;
      if (at?.frame === frame) this.#progress.restore(frame, at.slot, CODES[row.state as FinalState]);
    }
  }

  follow({ type, node, item, attempt, data }: EventRow): void {
    if (type !== "task.started" && type !== "task.expanded" && type !== "task.finished") return;
    if (attempt !== null && this.#hooks.has(attempt)) return;
    const key = `${node}/${item}`;
    if (this.#taken.has(key)) return;
    const at = this.#find(node, item);
    if (at === undefined) {
      this.wrong.push(`${key} was told of before its map had items`);
      return;
    }
    const { items, state } = JSON.parse(data ?? "{}") as { items?: number; state?: FinalState };
    if (!this.#begun.has(key)) this.#begin(key, at, type === "task.finished" ? state : undefined);
    if (type === "task.expanded") {
      const body = this.#progress.expand(at.frame, at.slot, items ?? 0);
      this.#restore(body, (row) => row.item !== ROOT_ITEM);
    }
    if (type === "task.finished" && state !== undefined) this.#progress.restore(at.frame, at.slot, CODES[state]);
  }

  /** The first that is heard of a task run: it began, or was decided with this state. */
  #begin(key: string, at: Place, decided: FinalState | undefined): void {
    this.#begun.add(key);
    const node = this.#audited.spec.nodes[at.frame.nodeAt(at.slot)];
    if (this.#isInUntakenArm(at, decided)) return;
    const decision = decideTrigger(node?.triggerRule ?? "all_success", this.#progress.counts(at.frame, at.slot));
    const fits =
      (decision === "SKIPPED" && decided === "skipped") ||
      (decision === "UPSTREAM_FAILED" && decided === "upstream_failed") ||
      // Out of the cache, or for want of its input, it ends without having begun.
      (decision === "RUN" && decided !== "skipped" && decided !== "upstream_failed");
    if (!fits)
      this.wrong.push(
        `${key} ${decided === undefined ? "began" : `was ${decided}`}, and its upstreams say ${decision}`,
      );
  }

  #isInUntakenArm({ frame, slot }: Place, decided: FinalState | undefined): boolean {
    const arm = this.#audited.spec.nodes[frame.nodeAt(slot)]?.arm ?? null;
    if (arm === null) return false;
    const branch = this.#rows.get(`${arm.branch}/${frame.pathAt(slot)}`);
    if (branch?.arm === arm.name) return false;
    if (decided !== "skipped" && decided !== "upstream_failed") {
      this.wrong.push(`${frame.nodeAt(slot)}/${frame.pathAt(slot)} ran, and its arm was not taken`);
    }
    return true;
  }

  #find(node: number, item: string): Place | undefined {
    const { localOf } = this.#progress.flow;
    const { nodes } = this.#audited.spec;
    const maps: number[] = [];
    for (let at = nodes[node]?.map ?? null; at !== null; at = nodes[at]?.map ?? null) maps.unshift(at);
    const indexes = item === ROOT_ITEM ? [] : item.split(".").map(Number);
    let frame = this.#progress.root;
    let index = 0;
    for (const [depth, map] of maps.entries()) {
      const body = frame.bodies.get(index * frame.width + (localOf[map] ?? 0));
      if (body === undefined) return undefined;
      frame = body;
      index = indexes[depth] ?? 0;
    }
    return { frame, slot: index * frame.width + (localOf[node] ?? 0) };
  }
}

interface Place {
  readonly frame: Frame;
  readonly slot: number;
}

const CODES = {
  success: SUCCESS,
  failed: FAILED,
  skipped: SKIPPED,
  upstream_failed: UPSTREAM_FAILED,
  cancelled: CANCELLED,
} as const satisfies Record<string, FinalCode>;

type FinalState = keyof typeof CODES;
