import type { ArtifactId, AttemptOutcome, EncodedText } from "@millrace/core";
import type { Hello, SentOutcome } from "./messages.ts";

const STATES = new Set(["success", "failed", "timed_out", "cancelled", "lost", "yielded"]);
const MAX_SLOTS = 10_000;

/** A worker's word for itself, once it makes sense. */
export function checkHello(hello: Hello): Hello {
  const { id, name, labels, slots, held, resources } = hello;
  const texts = [id, name, hello.host, hello.version];
  if (!texts.every((text) => typeof text === "string" && text.length > 0 && text.length <= 200)) {
    throw new TypeError("a hello without names");
  }
  if (!isRecordOf(labels, "string") || !isRecordOf(resources, "number")) throw new TypeError("a hello without labels");
  if (!Number.isInteger(slots) || slots < 0 || slots > MAX_SLOTS) throw new TypeError("a hello without slots");
  if (!Array.isArray(held) || !held.every((attempt) => Number.isSafeInteger(attempt))) {
    throw new TypeError("a hello whose attempts have no numbers");
  }
  return hello;
}

/** What a worker said of an end, with the text that came along. */
export function outcomeOf(sent: SentOutcome, payload: Buffer): AttemptOutcome {
  if (!STATES.has(sent?.state)) throw new TypeError("an outcome of no known state");
  if (sent.state !== "success") return sent;
  const { output } = sent;
  switch (output.kind) {
    case "none":
      return { state: "success", output };
    case "inline":
      return { state: "success", output: { kind: "inline", text: payload.toString("utf8") as EncodedText } };
    case "artifact":
      return {
        state: "success",
        output: { kind: "artifact", artifact: output.artifact as ArtifactId, bytes: output.bytes },
      };
    default:
      throw new TypeError("an output of no known kind");
  }
}

function isRecordOf(value: unknown, kind: "string" | "number"): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === kind);
}
