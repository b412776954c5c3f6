import {
  type Artifacts,
  type AttemptOrder,
  type AttemptOutcome,
  type AttemptReport,
  type DataReport,
  decode,
  type EncodedText,
  encode,
  errorInfo,
  INLINE_OUTPUT_BYTES,
  type StoredValue,
  toErrorInfo,
  type YieldUntil,
} from "@millrace/core";
import type { AttemptBody, AttemptControl } from "@millrace/testing";

/** One attempt, as the test that plays the worker sees it. */
interface Call {
  readonly label: string;
  /** Counts the tries, from 1. */
  readonly number: number;
  readonly input: unknown;
  readonly order: AttemptOrder;
  readonly resumed: { readonly carry: unknown; readonly resumes: number; readonly child: unknown } | null;
  readonly signal: AbortSignal;
  readonly report: (data: DataReport) => void;
  /** Never ends by itself. */
  readonly hang: () => Promise<never>;
}

/** Plays a task: gives its output, or an `Outcome`, or throws. */
export type Play = (call: Call) => unknown;

/** How an attempt ends when it neither returns a value nor throws. */
export class Outcome {
  readonly outcome: AttemptOutcome;

  constructor(outcome: AttemptOutcome) {
    this.outcome = outcome;
  }
}

/** The attempt's process is gone. */
export function lost(spendsCrashBudget = true): Outcome {
  return new Outcome({ state: "lost", error: errorInfo("PROCESS_DIED", "killed by SIGKILL"), spendsCrashBudget });
}

export function yieldUntil(resumeAtMs: number, carry: unknown = null): Outcome {
  return new Outcome({ state: "yielded", carry: encode(carry), until: { kind: "time", resumeAtMs } });
}

export function yieldForRun(
  flow: string,
  params: unknown = {},
  window: { startMs: number; endMs: number } | null = null,
): Outcome {
  const until: YieldUntil = { kind: "run", flow, params: encode(params), window };
  return new Outcome({ state: "yielded", carry: encode(null), until });
}

/** A failure that says more than its message. */
export function failure(message: string, more: { retryable?: boolean; retryAfterMs?: number } = {}): Outcome {
  const { retryable = true, retryAfterMs = null } = more;
  return new Outcome({ state: "failed", error: toErrorInfo(new Error(message)), retryable, retryAfterMs });
}

/** Calls the play of each attempt's node: by `id` for tasks, by `id on kind` for hooks (the flow's name for its own). */
export function bodyOf(
  plays: Readonly<Record<string, Play>>,
  idOf: (order: AttemptOrder) => string,
  artifacts: Artifacts,
): AttemptBody {
  return async (order, control) => {
    const id = idOf(order);
    const play = plays[id];
    const isHook = order.target.kind === "hook";
    if (play === undefined && isHook) return { state: "success", output: { kind: "none" } };
    try {
      const texts = new Map<string, EncodedText>();
      const value = await (play ?? outputItself)(await callOf(order, control, { artifacts, texts }));
      if (value instanceof Outcome) return value.outcome;
      return { state: "success", output: await stored(value, artifacts) };
    } catch (error) {
      return { state: "failed", error: toErrorInfo(error), retryable: true, retryAfterMs: null };
    }
  };
}

/** What a task does that no play says anything about: it gives its own label. */
function outputItself(call: Call): unknown {
  return call.label;
}

async function stored(value: unknown, artifacts: Artifacts): Promise<StoredValue> {
  if (value === undefined) return { kind: "none" };
  const text = encode(value);
  if (text.length <= INLINE_OUTPUT_BYTES) return { kind: "inline", text };
  return { kind: "artifact", ...(await artifacts.write(text)) };
}

async function callOf(order: AttemptOrder, control: AttemptControl, reading: Reading): Promise<Call> {
  const { run, attempt, epoch, resumed } = order;
  return {
    label: order.label,
    number: order.number,
    input: await read(order.input, reading),
    order,
    resumed:
      resumed === null
        ? null
        : {
            carry: decode(resumed.carry),
            resumes: resumed.resumes,
            child:
              resumed.run === null
                ? null
                : {
                    state: resumed.run.state,
                    output: resumed.run.output === null ? null : await read(resumed.run.output, reading),
                  },
          },
    signal: control.signal,
    report: (data) => control.report({ kind: "data", run, attempt, epoch, data } satisfies AttemptReport),
    hang: () => control.hang(),
  };
}

interface Reading {
  readonly artifacts: Artifacts;
  readonly texts: Map<string, EncodedText>;
}

/** Decodes a text; what it points to in artifact storage is read first, because decoding does not wait. */
export async function read(text: EncodedText, { artifacts, texts }: Reading): Promise<unknown> {
  for (;;) {
    const missing: { key: string; id: Parameters<Artifacts["readAt"]>[0]; path: Parameters<Artifacts["readAt"]>[1] }[] =
      [];
    const value = decode(text, ({ id, path }) => {
      const key = JSON.stringify([id, path]);
      const known = texts.get(key);
      if (known === undefined) missing.push({ key, id, path });
      return known ?? ("null" as EncodedText);
    });
    if (missing.length === 0) return value;
    for (const { key, id, path } of missing) {
      texts.set(key, (await artifacts.readAt(id, path)) ?? encode(undefined));
    }
  }
}
