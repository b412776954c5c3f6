import {
  type AttemptOrder,
  type AttemptOutcome,
  type DataReport,
  decode,
  encode,
  errorInfo,
  type YieldUntil,
} from "@millrace/core";
import { Chance } from "./chance.ts";
import { CHILD_FLOW } from "./random-flows.ts";

/** What an attempt does, as it is decided when it begins. */
export interface Plan {
  readonly reports: readonly { readonly data: DataReport; readonly atMs: number }[];
  /** Made when its time has come. Null: it hangs. */
  readonly outcome: ((nowMs: number) => AttemptOutcome) | null;
  readonly afterMs: number;
}

/** What a task of the simulation gives: whoever reads it can tell which attempt it is from. */
export interface Given {
  readonly label: string;
  readonly attempt: number;
  readonly is?: unknown;
}

/** No task is unlucky for ever. */
const LUCKY_AFTER = 8;

/** Plays all tasks. What an attempt does depends on the seed, on its task run and on how often that was tried. */
export class Script {
  readonly #seed: number;
  readonly #calls = new Map<string, number>();
  /** From now on everything ends well, and soon. */
  isKind = false;
  /** What went wrong that only the one who runs attempts can see. */
  readonly wrong: string[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  planOf(order: AttemptOrder): Plan {
    const { run, node, item, label } = order;
    const key = `${run}/${node}/${item}/${label}`;
    const calls = (this.#calls.get(key) ?? 0) + 1;
    this.#calls.set(key, calls);
    this.#checkResumed(order);
    const chance = new Chance(`${this.#seed}/${key}/${calls}`);
    const success = (): AttemptOutcome => ({
      state: "success",
      output: { kind: "inline", text: encode(given(order)) },
    });
    if (this.isKind) return { reports: [], outcome: success, afterMs: chance.between(1, 20) };
    const afterMs = chance.happens(0.8) ? chance.between(1, 400) : chance.between(400, 4_000);
    const reports = reportsOf(order, chance, afterMs);
    const outcome = calls > LUCKY_AFTER ? success : chosen(order, chance, success);
    return { reports, outcome, afterMs };
  }

  /** Whoever waited for a run or for a person is told of it. */
  #checkResumed({ resumed, label }: AttemptOrder): void {
    if (resumed === null) return;
    const carry = decode(resumed.carry);
    if (carry === CARRIES.run && resumed.run === null)
      this.wrong.push(`${label} was not told of the run it waited for`);
    if (carry === CARRIES.approval && resumed.decision === null) this.wrong.push(`${label} was not told the decision`);
  }
}

function given({ label, attempt, input, target }: AttemptOrder): Given {
  const is = target.kind === "task" ? (decode(input) as { is?: unknown } | null)?.is : undefined;
  return is === undefined ? { label, attempt } : { label, attempt, is };
}

function reportsOf({ attempt }: AttemptOrder, chance: Chance, afterMs: number): Plan["reports"] {
  const count = chance.happens(0.3) ? chance.between(1, 2) : 0;
  return Array.from({ length: count }, (_, index) => ({
    data: { kind: "custom" as const, payload: { attempt, index } },
    atMs: chance.between(0, afterMs),
  }));
}

function chosen(
  order: AttemptOrder,
  chance: Chance,
  success: () => AttemptOutcome,
): ((nowMs: number) => AttemptOutcome) | null {
  const luck = chance.between(0, 99);
  if (luck < 58) return success;
  if (luck < 73) return () => failed(luck < 71, luck < 60 ? 700 : null);
  if (luck < 78) return () => lost(luck < 76);
  if (order.target.kind === "hook" || order.flow === CHILD_FLOW) return success;
  if (luck < 84) return (nowMs) => yieldUntil({ kind: "time", resumeAtMs: nowMs + chance.between(0, 9_000) });
  if (luck < 92) return () => yieldUntil({ kind: "run", flow: CHILD_FLOW, params: encode({}), window: null });
  if (luck < 96) return (nowMs) => yieldUntil(question(chance, nowMs));
  return order.timeoutMs === null ? success : null;
}

function failed(retryable: boolean, retryAfterMs: number | null): AttemptOutcome {
  const error = { code: null, name: "Error", message: "unlucky", stack: null, frame: null, cause: null, hint: null };
  return { state: "failed", error, retryable, retryAfterMs };
}

function lost(spendsCrashBudget: boolean): AttemptOutcome {
  return { state: "lost", error: errorInfo("PROCESS_DIED", "killed by SIGKILL"), spendsCrashBudget };
}

function question(chance: Chance, nowMs: number): YieldUntil {
  const deadlineMs = chance.happens(0.5) ? null : nowMs + chance.between(0, 9_000);
  return { kind: "approval", message: "go on?", deadlineMs, onDeadline: chance.pick(["approved", "rejected", "fail"]) };
}

const CARRIES = { run: "for a run", time: "for time", approval: "for a person" } as const;

function yieldUntil(until: YieldUntil): AttemptOutcome {
  return { state: "yielded", carry: encode(CARRIES[until.kind]), until };
}
