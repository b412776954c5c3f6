import {
  type ArtifactId,
  type AttemptOrder,
  type AttemptOutcome,
  type EncodedText,
  errorInfo,
  formatByteSize,
  formatDuration,
  type StopReason,
  type StoredValue,
} from "@millrace/core";
import type { ChildOutcome } from "../framing/messages.ts";
import type { WorkerExit } from "./worker.ts";

/** What the child said, with the text that came along. */
export function outcomeOf(outcome: ChildOutcome, payload: Buffer): AttemptOutcome {
  switch (outcome.state) {
    case "success":
      return { state: "success", output: outputOf(outcome, payload) };
    case "failed":
      return outcome;
    case "yielded":
      return { state: "yielded", carry: outcome.carry as EncodedText, until: outcome.until };
  }
}

function outputOf(outcome: Extract<ChildOutcome, { state: "success" }>, payload: Buffer): StoredValue {
  switch (outcome.output) {
    case "none":
      return { kind: "none" };
    case "inline":
      return { kind: "inline", text: payload.toString("utf8") as EncodedText };
    case "artifact":
      return { kind: "artifact", artifact: outcome.artifact as ArtifactId, bytes: outcome.bytes };
  }
}

/** Of an attempt that was stopped, whatever it said last. */
export function stoppedOutcome(reason: StopReason, { timeoutMs }: AttemptOrder): AttemptOutcome {
  if (reason === "cancelled") return { state: "cancelled" };
  const limit = timeoutMs === null ? "" : ` of ${formatDuration(timeoutMs)}`;
  const hint = "Raise `timeout`, or find out from the log what took so long.";
  return { state: "timed_out", error: errorInfo("TIMEOUT", `The attempt exceeded its timeout${limit}.`, hint) };
}

export function memoryOutcome(bytes: number, limitBytes: number): AttemptOutcome {
  const [held, limit] = [formatByteSize(bytes), formatByteSize(limitBytes)];
  const hint = "Raise `memory`, or work on less data at a time: streams, chunks, a database.";
  const error = errorInfo(
    "MEMORY_LIMIT",
    `The attempt's processes held ${held} of memory; the limit is ${limit}.`,
    hint,
  );
  return { state: "failed", error, retryable: false, retryAfterMs: null };
}

/** The attempt's own process died by itself. */
export function diedOutcome({ code, signal, error }: WorkerExit): AttemptOutcome {
  const how = error?.message ?? (signal === null ? `exit code ${code}` : signal);
  const hint =
    signal === null
      ? "Did the code call process.exit()? Throw an error instead. The log has what was written last."
      : signal === "SIGKILL"
        ? "Somebody killed it; when memory runs out, the system does."
        : "A crash in native code, or no memory left for JavaScript (--max-old-space-size). See the log.";
  return {
    state: "lost",
    error: errorInfo("PROCESS_DIED", `The process of the attempt ended before it did: ${how}.`, hint),
    spendsCrashBudget: true,
  };
}

/** The executor was stopped: no fault of the task. */
export function stoppedExecutorOutcome(): AttemptOutcome {
  return {
    state: "lost",
    error: errorInfo("PROCESS_DIED", "The executor was stopped before the attempt ended."),
    spendsCrashBudget: false,
  };
}

/** No process comes up at all; what the last one said may tell why. */
export function cannotStartOutcome(exit: WorkerExit | null, firstWords: string): AttemptOutcome {
  const { code, signal, error } = exit ?? { code: null, signal: null, error: null };
  const how = error?.message ?? `it ends with ${signal ?? `exit code ${code}`}`;
  return {
    state: "failed",
    error: errorInfo("PROCESS_DIED", `No worker process can be started: ${how}.\n${firstWords}`.trim()),
    retryable: true,
    retryAfterMs: null,
  };
}
