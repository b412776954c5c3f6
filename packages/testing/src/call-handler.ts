import { resolve } from "node:path";
import {
  type ArtifactId,
  type AttemptOrder,
  type AttemptOutcome,
  type Clock,
  type EncodedText,
  encode,
  errorInfo,
  INLINE_OUTPUT_BYTES,
  isMillraceError,
  MAX_OUTPUT_BYTES,
  MillraceError,
  toErrorInfo,
} from "@millrace/core";
import { BlockingArtifactReader, InputDecoder, makeContext, storeOutput } from "@millrace/executors";
import {
  type Connections,
  type FlowDefinition,
  type HookFunction,
  isDeferred,
  isNonRetryable,
  type NodeHandlers,
  retryAfterMsOf,
  type TaskContext,
} from "@millrace/sdk";
import type { FlowDefinitions } from "./flow-definitions.ts";
import type { AttemptBody, AttemptControl } from "./in-process-executor.ts";
import { hangs, type Mock } from "./mock.ts";
import { testConnections } from "./test-connections.ts";
import { withinTime } from "./virtual-date.ts";

/** A line that a task wrote to its log. */
export interface LoggedLine {
  /** The task's label: `load`, `process[3]`. */
  readonly task: string;
  readonly level: string;
  readonly text: string;
}

export interface HandlerSurroundings {
  readonly definitions: FlowDefinitions;
  readonly clock: Clock;
  readonly artifactsDir: string;
  readonly projectDir: string;
  /** By flow and node id, as `mockKey` makes them. */
  readonly mocks: ReadonlyMap<string, Mock>;
  /** By name: declared connections, or whatever stands in for one. */
  readonly connections: Readonly<Record<string, unknown>>;
  /** By name. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  log(line: LoggedLine): void;
}

/** One attempt, and the functions that it may call. */
interface Calling {
  readonly order: AttemptOrder;
  readonly control: AttemptControl;
  readonly definition: FlowDefinition;
  readonly handlers: NodeHandlers | undefined;
  readonly taskId: string;
  readonly signal: AbortSignal;
  readonly connections: Connections;
}

/**
 * There is no version's folder in a test, so files that tasks name (`.sql`, `.py`) are the sources' own. Their names are
 * relative to the folder that was the working one when the flow was made.
 */
const SOURCE_ROOT = process.cwd();

/** Trying again changes nothing about these. */
const NEVER_AGAIN = new Set<string>(["OUTPUT_NOT_STORABLE", "OUTPUT_TOO_LARGE"]);

/** Calls handlers and hooks in this process, and turns what they do into outcomes, as a worker would. */
export function handlerCaller(around: HandlerSurroundings): AttemptBody {
  const decoder = new InputDecoder(new BlockingArtifactReader(around.artifactsDir));
  return async (order, control) => {
    const definition = around.definitions.find(order.flow);
    const spec = definition.spec.nodes[order.node];
    const abort = new AbortController();
    const signal = AbortSignal.any([control.signal, abort.signal]);
    const calling: Calling = {
      order,
      control,
      definition,
      handlers: definition.handlers[order.node] ?? undefined,
      taskId: spec?.id ?? order.flow,
      signal,
      connections: testConnections(around.connections, {
        projectDir: around.projectDir,
        signal,
        secret: async (name) => valueIn(around, "secret", name),
      }),
    };
    const outcome = withinTime(around.clock, () => callOnce(calling, around, decoder));
    return inRealTime(order, outcome, abort);
  };
}

/** Node takes a longer time for none at all. No test lasts that long. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A handler works in real time, so its timeout is over in real time too, unless the clock gets there first. */
async function inRealTime(
  { timeoutMs, label }: AttemptOrder,
  work: Promise<AttemptOutcome>,
  abort: AbortController,
): Promise<AttemptOutcome> {
  if (timeoutMs === null || timeoutMs > LONGEST_TIMER_MS) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<AttemptOutcome>((resolve) => {
    timer = setTimeout(() => {
      const error = errorInfo("TIMEOUT", `${label} took longer than its timeout of ${timeoutMs} ms`);
      resolve({ state: "timed_out", error });
      abort.abort();
    }, timeoutMs).unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function callOnce(calling: Calling, around: HandlerSurroundings, decoder: InputDecoder): Promise<AttemptOutcome> {
  const { connections, handlers, order, taskId } = calling;
  try {
    const value = await call(calling, around, decoder);
    await connections.close();
    if (order.target.kind === "hook") return { state: "success", output: { kind: "none" } };
    return outcomeOf(value, taskId, around.artifactsDir);
  } catch (error) {
    await connections.close().catch(() => undefined);
    return failureOf(error, order.target.kind === "hook" ? undefined : handlers);
  }
}

function call(calling: Calling, around: HandlerSurroundings, decoder: InputDecoder): unknown {
  const { control, definition, handlers, order, taskId } = calling;
  const context = contextOf(calling, around, decoder);
  const input = decoder.decode(order.input);
  if (order.target.kind === "hook") {
    const hooks: NodeHandlers["hooks"] | undefined = order.node === -1 ? definition.hooks : handlers?.hooks;
    return hooks?.[order.target.on]?.(input as Parameters<HookFunction>[0], context);
  }
  const mock = around.mocks.get(mockKey(order.flow, taskId));
  if (mock === hangs) return control.hang();
  return mock === undefined ? handlers?.run(input, context) : mock(input, context);
}

/** Where the mock of a task is kept. */
export function mockKey(flow: string, node: string): string {
  return `${flow}\n${node}`;
}

function contextOf(calling: Calling, around: HandlerSurroundings, decoder: InputDecoder): TaskContext {
  const { connections, control, definition, order, signal, taskId } = calling;
  const message = { ...order, kind: "run" as const, versionDir: "", entry: "", configEntry: null };
  const context = makeContext(message, {
    projectDir: around.projectDir,
    taskId,
    signal,
    partitions: definition.spec.partitions,
    decode: (text: EncodedText) => decoder.decode(text),
    connection: (name) => connections.connection(name),
    secret: async (name) => valueIn(around, "secret", name),
    variable: async (name) => valueIn(around, "variable", name),
    apiToken: noApiToken,
    log: (level, text) => around.log({ task: order.label, level, text }),
    report: (data) =>
      control.report({ kind: "data", run: order.run, attempt: order.attempt, epoch: order.epoch, data }),
  });
  return { ...context, file: (path) => resolve(SOURCE_ROOT, path) };
}

async function noApiToken(): Promise<never> {
  throw new MillraceError("MISSING_SECRET", "A test has no API, and no token for it.", {
    hint: "Mock the task that asks for one: testFlow(flow).mock(task, …).",
  });
}

function valueIn(around: HandlerSurroundings, kind: "secret" | "variable", name: string): string {
  const values = kind === "secret" ? around.secrets : around.variables;
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value !== undefined) return value;
  const method = kind === "secret" ? "withSecrets" : "withVariables";
  throw new MillraceError(
    kind === "secret" ? "MISSING_SECRET" : "MISSING_VARIABLE",
    `The test has no ${kind} "${name}".`,
    { hint: `Hand it in: testFlow(flow).${method}({ ${JSON.stringify(name)}: "…" }).` },
  );
}

function outcomeOf(value: unknown, taskId: string, artifactsDir: string): AttemptOutcome {
  if (isDeferred(value)) {
    const { until } = value;
    const carry = encode(value.carry, `carry of task "${taskId}"`);
    if (until.kind !== "run") return { state: "yielded", carry, until };
    const params = encode(until.params, `params for the run of "${until.flow}"`);
    return { state: "yielded", carry, until: { ...until, params } };
  }
  const stored = storeOutput(value, `output of task "${taskId}"`, {
    artifactsDir,
    inlineBytes: INLINE_OUTPUT_BYTES,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  const { outcome } = stored;
  switch (outcome.output) {
    case "none":
      return { state: "success", output: { kind: "none" } };
    case "inline":
      return { state: "success", output: { kind: "inline", text: stored.text as EncodedText } };
    case "artifact":
      return {
        state: "success",
        output: { kind: "artifact", artifact: outcome.artifact as ArtifactId, bytes: outcome.bytes },
      };
  }
}

async function failureOf(error: unknown, handlers: NodeHandlers | undefined): Promise<AttemptOutcome> {
  return {
    state: "failed",
    error: toErrorInfo(error),
    retryable: await isRetryable(error, handlers),
    retryAfterMs: retryAfterMsOf(error),
  };
}

async function isRetryable(error: unknown, handlers: NodeHandlers | undefined): Promise<boolean> {
  if (isNonRetryable(error) || (isMillraceError(error) && NEVER_AGAIN.has(error.code))) return false;
  try {
    return (await handlers?.retryWhen?.(error)) ?? true;
  } catch {
    // As in a worker: a condition that throws says nothing against trying again.
    return true;
  }
}
