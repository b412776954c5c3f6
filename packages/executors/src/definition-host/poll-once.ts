import process from "node:process";
import { type EncodedText, encode, type SensorEvent, type VaultKind } from "@millrace/core";
import {
  type Connections,
  type ConnectionsConfig,
  openConnections,
  type SensorContext,
  type SensorResult,
  type TriggerHandlers,
} from "@millrace/sdk";

export interface PollSurroundings {
  /** The project's configuration, where it has one. */
  readonly config: object | undefined;
  readonly projectDir: string;
  readonly cursor: unknown;
  readonly lastPollMs: number | null;
  /** The value of a secret or variable. */
  readonly ask: (what: VaultKind, name: string) => Promise<string>;
  /** Takes what the poll logs and prints, as it comes. */
  readonly log: (text: string) => void;
}

export interface Polled {
  readonly events: readonly SensorEvent[];
  readonly skipReason: string | null;
  readonly cursor: EncodedText | null;
}

/** Calls a sensor's function once, in this process, and checks what it gives. Throws what it throws. */
export async function pollOnce(handlers: TriggerHandlers, around: PollSurroundings): Promise<Polled> {
  const { poll } = handlers;
  if (poll === undefined) throw new Error("This trigger is no sensor.");
  const abort = new AbortController();
  const connections = openConnections((around.config ?? {}) as ConnectionsConfig, {
    projectDir: around.projectDir,
    signal: abort.signal,
    secret: (name) => around.ask("secret", name),
  });
  const release = captureStreams(around.log);
  try {
    const result = await poll(contextOf(around, connections));
    await connections.close();
    return readResult(result, around.cursor);
  } catch (error) {
    await connections.close().catch(() => undefined);
    throw error;
  } finally {
    release();
    abort.abort();
  }
}

function contextOf(around: PollSurroundings, connections: Connections): SensorContext<unknown> {
  const write = (level: string, message: string, fields: Readonly<Record<string, unknown>> | undefined): void => {
    const rest = fields === undefined ? "" : ` ${textOf(fields)}`;
    around.log(`${level === "info" ? "" : `${level}: `}${message}${rest}\n`);
  };
  return {
    cursor: around.cursor,
    lastPoll: around.lastPollMs === null ? null : new Date(around.lastPollMs),
    log: {
      debug: (message, fields) => write("debug", message, fields),
      info: (message, fields) => write("info", message, fields),
      warn: (message, fields) => write("warn", message, fields),
      error: (message, fields) => write("error", message, fields),
    },
    connection: (name) => connections.connection(name),
    secret: (name) => around.ask("secret", name),
    variable: (name) => around.ask("variable", name),
    projectDir: around.projectDir,
  };
}

/** A field that JSON cannot hold must not fail the poll. */
function textOf(fields: object): string {
  try {
    return JSON.stringify(fields, (_name, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  } catch {
    return "(fields that JSON cannot hold)";
  }
}

/** One poll at a time runs in this process, so what is printed meanwhile is its own. */
function captureStreams(log: (text: string) => void): () => void {
  const streams = [process.stdout, process.stderr];
  for (const stream of streams) {
    stream.write = ((chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
      log(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
      const done = rest.findLast((each) => typeof each === "function") as (() => void) | undefined;
      if (done !== undefined) process.nextTick(done);
      return true;
    }) as typeof stream.write;
  }
  // What the streams inherit is there again.
  return () => {
    for (const stream of streams) Reflect.deleteProperty(stream, "write");
  };
}

/** What comes from outside the compiler's sight is looked at. */
function readResult(result: SensorResult | undefined | null, before: unknown): Polled {
  if (typeof result !== "object" || result === null || Array.isArray(result)) {
    throw new TypeError(`A sensor returns { runs, cursor, skipReason }, not ${shown(result)}.`);
  }
  const { runs = [], skipReason = null } = result;
  if (!Array.isArray(runs)) throw new TypeError(`The \`runs\` of a sensor are a list, not ${shown(runs)}.`);
  if (skipReason !== null && typeof skipReason !== "string") {
    throw new TypeError(`The \`skipReason\` of a sensor is a text, not ${shown(skipReason)}.`);
  }
  const cursor = Object.hasOwn(result, "cursor") ? result.cursor : before;
  return {
    events: runs.map(readRun),
    skipReason,
    cursor: cursor === undefined ? null : encode(cursor, "cursor of the sensor"),
  };
}

function readRun(run: unknown, index: number): SensorEvent {
  const { runKey, params } = (run ?? {}) as { readonly runKey?: unknown; readonly params?: unknown };
  if (typeof runKey !== "string" || runKey === "") {
    throw new TypeError(
      `The \`runKey\` of \`runs[${index}]\` is ${shown(runKey)}; it is a text that makes the run unique.`,
    );
  }
  return { runKey, payload: encode(params ?? {}, `params of the run "${runKey}"`) };
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : JSON.stringify(value);
}
