import type { MetadataValue, TaskContext } from "../../task/context.ts";
import { parseForeignJson } from "../plain-json.ts";
import { type PythonException, readException } from "./python-exception.ts";

const VERSION_FIELD = "__dagster_pipes_version";
const VERSION = "0.1";
/** How much of a line that is no message is shown. */
const SHOWN = 200;

type Params = Readonly<Record<string, unknown>>;
type LogLevel = "debug" | "info" | "warn" | "error";

/** Python's levels by name; what is not among them is told as `info`. */
const LEVELS: Readonly<Record<string, LogLevel>> = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warn",
  WARN: "warn",
  ERROR: "error",
  CRITICAL: "error",
  FATAL: "error",
};

/**
 * The orchestrator's side of Dagster Pipes, protocol 0.1: takes the lines that a script writes, and hands logs and
 * reports to the task. There are no sequence numbers, so lines count in the order they are written.
 */
export class PipesMessages {
  readonly #context: TaskContext;
  #torn: string | null = null;
  #opened = false;
  #exception: PythonException | null = null;
  #lastCustom: unknown;

  constructor(context: TaskContext) {
    this.#context = context;
  }

  /** Whether the script has spoken the protocol at all. */
  get opened(): boolean {
    return this.#opened;
  }

  /** The exception that it was closed with. */
  get exception(): PythonException | null {
    return this.#exception;
  }

  /** The payload of the last custom message; undefined when there was none. */
  get lastCustom(): unknown {
    return this.#lastCustom;
  }

  /** Takes one line. A line that is no message is told, and never fails the task. */
  take(line: string): void {
    // Only the last line can be torn by a kill; another follows, so it was not that.
    if (this.#torn !== null) this.#refuse(this.#torn);
    this.#torn = null;
    if (line.trim() === "") return;
    const message = parseMessage(line);
    if (message === undefined) this.#torn = line;
    else this.#handle(message.method, message.params);
  }

  /** After the last line. `killed`: the script did not end by itself, so half a line is no surprise. */
  end(killed: boolean): void {
    if (this.#torn !== null && !killed) this.#refuse(this.#torn);
    this.#torn = null;
  }

  #refuse(line: string): void {
    const shown = line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
    this.#context.log.warn(`The script wrote a line that is no message of Dagster Pipes ${VERSION}: ${shown}`);
  }

  #handle(method: string, params: Params): void {
    const { log, report } = this.#context;
    switch (method) {
      case "opened":
        this.#opened = true;
        return;
      case "closed":
        this.#exception = readException(params["exception"]);
        return;
      case "log":
        log[LEVELS[text(params["level"]).toUpperCase()] ?? "info"](text(params["message"]));
        return;
      case "log_external_stream":
        this.#externalStream(params);
        return;
      case "report_custom_message":
        this.#lastCustom = params["payload"];
        report.custom(params["payload"]);
        return;
      case "report_asset_materialization":
        report.materialization({
          asset: text(params["asset_key"]),
          ...optional("dataVersion", params["data_version"]),
          metadata: metadataOf(params["metadata"]),
        });
        return;
      case "report_asset_check":
        report.check({
          check: text(params["check_name"]),
          passed: params["passed"] === true,
          severity: params["severity"] === "WARN" ? "warn" : "error",
          ...optional("asset", params["asset_key"]),
          metadata: metadataOf(params["metadata"]),
        });
        return;
      default:
        log.warn(`The script sent a message of a kind that Dagster Pipes ${VERSION} does not have: ${method}`);
    }
  }

  #externalStream(params: Params): void {
    const { log } = this.#context;
    const stream = params["stream"] === "stderr" ? "stderr" : "stdout";
    for (const line of text(params["text"])
      .replace(/\r?\n$/, "")
      .split(/\r?\n/)) {
      if (log.output === undefined) log.info(line);
      else log.output(stream, line);
    }
  }
}

function parseMessage(line: string): { readonly method: string; readonly params: Params } | undefined {
  let message: unknown;
  try {
    message = parseForeignJson(line);
  } catch {
    return undefined;
  }
  if (!isRecord(message) || message[VERSION_FIELD] !== VERSION || typeof message["method"] !== "string")
    return undefined;
  const { params } = message;
  return { method: message["method"], params: isRecord(params) ? params : {} };
}

function metadataOf(metadata: unknown): Record<string, MetadataValue> {
  if (!isRecord(metadata)) return {};
  return Object.fromEntries(Object.entries(metadata).map(([name, entry]) => [name, metadataValue(entry)]));
}

/** `{ raw_value, type }`; with the type `__infer__` the value says what it is. */
function metadataValue(entry: unknown): MetadataValue {
  const [value, type] = isRecord(entry) ? [entry["raw_value"], entry["type"]] : [entry, INFER];
  const named = typeof type === "string" && type !== INFER ? type : inferredType(value);
  // Numbers that JSON has no word for are told as text.
  return { type: named, value: typeof value === "number" && !Number.isFinite(value) ? String(value) : value };
}

const INFER = "__infer__";

function inferredType(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return typeof value === "bigint" ? "int" : "json";
}

function optional<Name extends string>(name: Name, value: unknown): { [Key in Name]?: string } {
  return value === null || value === undefined ? {} : ({ [name]: text(value) } as { [Key in Name]?: string });
}

function text(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
