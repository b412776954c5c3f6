import type { RunState } from "@millrace/core";
import type { Style } from "../output/style.ts";
import type { NodeState } from "../run-view/run-view.ts";

/** A mark of one column for each state; colour repeats what the mark says, so nothing is lost without it. */
export function stateMark(state: NodeState | RunState, style: Style): string {
  switch (state) {
    case "success":
      return style.green("✓");
    case "failed":
      return style.red("✗");
    case "upstream_failed":
      return style.red("⊘");
    case "cancelled":
      return style.magenta("■");
    case "skipped":
      return style.dim("↷");
    case "running":
      return style.cyan("●");
    case "retry_wait":
      return style.yellow("↻");
    case "deferred":
      return style.blue("◷");
    case "waiting":
    case "queued":
      return style.dim("·");
  }
}

/** A state as a word in its colour. */
export function stateWord(state: NodeState | RunState, style: Style): string {
  switch (state) {
    case "success":
      return style.green(state);
    case "failed":
    case "upstream_failed":
      return style.red(state);
    case "cancelled":
      return style.magenta(state);
    case "running":
      return style.cyan(state);
    case "retry_wait":
      return style.yellow(state);
    case "deferred":
      return style.blue(state);
    case "skipped":
    case "waiting":
    case "queued":
      return style.dim(state);
  }
}
