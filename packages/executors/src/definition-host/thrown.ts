import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ErrorInfo, toErrorInfo } from "@millrace/core";
import type { ThrownInfo, ThrownPlace } from "./messages.ts";

/** `(flows/orders.ts:12:5)` at the end of what the authoring API says. */
const PLACE_IN_MESSAGE = / \(([^()\s]+):(\d+):(\d+)\)$/;
/** Node's own lines above the message of a module that cannot be linked or parsed: the place, the line, and a mark. */
const ABOVE_MESSAGE = /^(\/.+|file:\/\/.+):(\d+)\n.*\n( *)\^/;
const STACK_FRAME = /^\s+at (?:.*? \()?(?:async )?(.+?):(\d+):(\d+)\)?$/gm;

/** An error that users' code threw, with the place in their sources. Needs source maps to be on. */
export function describeThrown(thrown: unknown, projectDir: string): ThrownInfo {
  return { ...withForeignFields(thrown, toErrorInfo(thrown)), place: placeOf(thrown, projectDir) };
}

/** A project may hold a copy of millrace of its own, whose errors are of another class than ours. */
function withForeignFields(thrown: unknown, info: ErrorInfo): ErrorInfo {
  if (!(thrown instanceof Error) || thrown.name !== "MillraceError" || info.code !== null) return info;
  const { code, hint, frame } = thrown as { code?: unknown; hint?: unknown; frame?: unknown };
  return { ...info, code: textOrNull(code), hint: textOrNull(hint), frame: textOrNull(frame) };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function placeOf(thrown: unknown, projectDir: string): ThrownPlace | null {
  if (!(thrown instanceof Error)) return null;
  const said = PLACE_IN_MESSAGE.exec(thrown.message);
  if (said !== null && thrown.name === "MillraceError") {
    return sourcePlace(`${projectDir}/${said[1]}`, Number(said[2]), Number(said[3]));
  }
  const stack = thrown.stack ?? "";
  const above = ABOVE_MESSAGE.exec(stack);
  if (above?.[1] !== undefined) return sourcePlace(toPath(above[1]), Number(above[2]), (above[3] ?? "").length + 1);
  for (const [, named = "", line, column] of stack.matchAll(STACK_FRAME)) {
    const file = toPath(named);
    if (!file.startsWith(`${projectDir}/`) || file.includes("/node_modules/")) continue;
    return sourcePlace(file, Number(line), Number(column));
  }
  return null;
}

function sourcePlace(file: string, line: number, column: number): ThrownPlace {
  return { file, line, column, source: readSource(file) };
}

function toPath(named: string): string {
  return named.startsWith("file://") ? fileURLToPath(named) : named;
}

function readSource(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
