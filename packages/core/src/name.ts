import { MillraceError } from "./errors/millrace-error.ts";
import type { VaultKind } from "./ports/vault.ts";

/** Names are shown in tables and stand in URLs and file names, which all have their limits. */
const MAX_NAME_LENGTH = 128;

const FLOW_NAME = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?(?:\/[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)*$/;
const TASK_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;

/**
 * Gives a flow's name back when it is one: lower-case letters, digits, `-`, `_` and `.`, in parts divided by `/`; each
 * part begins and ends with a letter or digit. At most 128 characters.
 *
 * @throws MillraceError `INVALID_NAME` with a name that would do.
 */
export function checkFlowName(name: unknown): string {
  if (typeof name === "string" && name.length <= MAX_NAME_LENGTH && FLOW_NAME.test(name)) return name;
  const fixed = typeof name === "string" ? tidyFlowName(name) : "";
  const rule = 'A flow\'s name is made of lower-case letters, digits, "-", "_" and ".", in parts divided by "/"';
  throw refuse({ what: "flow", name, rule, fixed });
}

/**
 * Gives the name of a task or group back when it is one: letters, digits, `_`, `-` and `.`; begins and ends with a
 * letter, digit or `_`. `/` and `[]` are kept for groups and maps. At most 128 characters.
 *
 * @throws MillraceError `INVALID_NAME` with a name that would do.
 */
export function checkTaskName(
  name: unknown,
  what: "task" | "group" | "trigger" | "schedule" | VaultKind = "task",
): string {
  if (typeof name === "string" && name.length <= MAX_NAME_LENGTH && TASK_NAME.test(name)) return name;
  const fixed = typeof name === "string" ? tidyTaskName(name) : "";
  throw refuse({ what, name, rule: `A ${what}'s name is made of letters, digits, "_", "-" and "."`, fixed });
}

interface Refusal {
  readonly what: string;
  readonly name: unknown;
  readonly rule: string;
  readonly fixed: string;
}

function refuse({ what, name, rule, fixed }: Refusal): MillraceError {
  const shown = typeof name === "string" ? JSON.stringify(name) : `of type ${typeof name}`;
  const tooLong = typeof name === "string" && name.length > MAX_NAME_LENGTH;
  if (tooLong) {
    return new MillraceError("INVALID_NAME", `The name of a ${what} has ${name.length} characters: ${shown}.`, {
      hint: `Use at most ${MAX_NAME_LENGTH}.`,
    });
  }
  return new MillraceError("INVALID_NAME", `This is not a name for a ${what}: ${shown}.`, {
    hint: fixed === "" ? `${rule}.` : `${rule}: "${fixed}" would do.`,
  });
}

function tidyFlowName(name: string): string {
  return name
    .toLowerCase()
    .split("/")
    .map((part) => part.replace(/[^a-z0-9._-]+/g, "-").replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, ""))
    .filter((part) => part !== "")
    .join("/");
}

function tidyTaskName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "");
}
