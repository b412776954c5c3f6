import { checkLabels, MillraceError, type WorkerLabels } from "@millrace/core";

/** `--label gpu=a100`, as often as it was given. */
export function readLabels(given: readonly string[]): WorkerLabels {
  const pairs = given.map((label) => {
    const at = label.indexOf("=");
    if (at > 0) return [label.slice(0, at), label.slice(at + 1)] as const;
    throw new MillraceError("USAGE", `--label "${label}" has no "=".`, { hint: "Write --label name=value." });
  });
  return checkLabels(Object.fromEntries(pairs), "--label");
}
