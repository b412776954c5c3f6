import { join } from "node:path";
import {
  type ArtifactId,
  type AttemptOrder,
  type AttemptOutcome,
  type EncodedText,
  encode,
  INLINE_OUTPUT_BYTES,
  MAX_OUTPUT_BYTES,
  MillraceError,
  toErrorInfo,
} from "@millrace/core";
import { BlockingArtifactReader, InputDecoder, makeContext, storeOutput } from "@millrace/executors";
import {
  type Connection,
  type HookFunction,
  isDeferred,
  isNonRetryable,
  type NodeHandlers,
  retryAfterMsOf,
  type TaskContext,
} from "@millrace/sdk";
import type { FlowDefinitions } from "./flow-definitions.ts";
import type { AttemptBody, AttemptControl } from "./in-process-executor.ts";

/** A line that a task wrote to its log. */
export interface LoggedLine {
  readonly task: string;
  readonly level: string;
  readonly text: string;
}

/** Stands in for a task's handler. */
export type Mock = (input: unknown, context: TaskContext) => unknown;

export interface HandlerSurroundings {
  readonly definitions: FlowDefinitions;
  readonly artifactsDir: string;
  readonly projectDir: string;
  /** By node id. */
  readonly mocks: ReadonlyMap<string, Mock>;
  /** Values of `context.connection(name)`. */
  readonly connections: Readonly<Record<string, unknown>>;
  log(line: LoggedLine): void;
}

/** Calls handlers and hooks in this process, and turns what they do into outcomes, as a worker would. */
export function handlerCaller(around: HandlerSurroundings): AttemptBody {
  const decoder = new InputDecoder(new BlockingArtifactReader(around.artifactsDir));
  return async (order, attempt) => {
    const definition = around.definitions.find(order.flow);
    const handlers = order.node === -1 ? undefined : (definition.handlers[order.node] ?? undefined);
    const taskId = order.node === -1 ? order.flow : (definition.spec.nodes[order.node]?.id ?? order.label);
    const context = contextOf({ order, attempt, taskId }, around, decoder);
    try {
      const input = decoder.decode(order.input);
      if (order.target.kind === "hook") {
        const hooks = handlers?.hooks ?? definition.hooks;
        const hook: HookFunction | undefined = (hooks as NodeHandlers["hooks"])[order.target.on];
        await hook?.(input as Parameters<HookFunction>[0], context);
        return { state: "success", output: { kind: "none" } };
      }
      const mock = around.mocks.get(taskId) ?? around.mocks.get(taskId.replaceAll("[]", ""));
      const value = await (mock === undefined ? handlers?.run(input, context) : mock(input, context));
      return outcomeOf(value, taskId, around.artifactsDir);
    } catch (error) {
      return failureOf(error, handlers);
    }
  };
}

function contextOf(
  call: {
    readonly order: AttemptOrder;
    readonly attempt: AttemptControl;
    readonly taskId: string;
  },
  around: HandlerSurroundings,
  decoder: InputDecoder,
): TaskContext {
  const { order, attempt, taskId } = call;
  const message = { ...order, kind: "run" as const, versionDir: "", entry: "", configEntry: null };
  const context = makeContext(message, {
    projectDir: around.projectDir,
    taskId,
    signal: attempt.signal,
    decode: (text: EncodedText) => decoder.decode(text),
    connection: (name) => connectionOf(around.connections, name),
    log: (level, text) => around.log({ task: order.label, level, text }),
    report: (data) => attempt.report({ kind: "data", attempt: order.attempt, epoch: order.epoch, data }),
  });
  // There is no version folder in a test: files are the project's own.
  return { ...context, file: (path) => join(around.projectDir, path) };
}

function connectionOf(connections: Readonly<Record<string, unknown>>, name: string): Connection {
  if (Object.hasOwn(connections, name)) return connections[name] as Connection;
  throw new MillraceError("MISSING_CONNECTION", `The test has no connection "${name}".`, {
    hint: `Hand it in: testFlow(flow).withConnections({ ${name}: … }).`,
  });
}

function outcomeOf(value: unknown, taskId: string, artifactsDir: string): AttemptOutcome {
  if (isDeferred(value)) {
    const { until } = value;
    const carry = encode(value.carry);
    if (until.kind === "time") return { state: "yielded", carry, until };
    return { state: "yielded", carry, until: { ...until, params: encode(until.params) } };
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
  const wanted = handlers?.retryWhen === undefined ? true : await handlers.retryWhen(error);
  return {
    state: "failed",
    error: toErrorInfo(error),
    retryable: wanted && !isNonRetryable(error),
    retryAfterMs: retryAfterMsOf(error),
  };
}
