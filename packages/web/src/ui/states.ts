import type { Run, TaskRun } from "../api/shapes.ts";
import type { IconName } from "./icon.tsx";

/** Groups of states that look alike: each has a colour of its own, and within one the icon tells. */
export type Tone = "success" | "failed" | "blocked" | "running" | "waiting" | "idle";

export type State = Run["state"] | TaskRun["state"] | AttemptState | "none" | "cancelling";
type AttemptState = "starting" | "stopping" | "timed_out" | "lost" | "yielded";

interface Look {
  readonly text: string;
  readonly icon: IconName;
  readonly tone: Tone;
}

/** The one table of how states look. */
export const LOOKS: Readonly<Record<State, Look>> = {
  none: { text: "Not begun", icon: "dot", tone: "idle" },
  pending: { text: "Not begun", icon: "dot", tone: "idle" },
  ready: { text: "Queued", icon: "clock", tone: "idle" },
  queued: { text: "Queued", icon: "clock", tone: "idle" },
  starting: { text: "Starting", icon: "spinner", tone: "running" },
  running: { text: "Running", icon: "spinner", tone: "running" },
  stopping: { text: "Stopping", icon: "stop", tone: "running" },
  cancelling: { text: "Cancelling", icon: "stop", tone: "running" },
  retry_wait: { text: "Retrying soon", icon: "retry", tone: "blocked" },
  deferred: { text: "Waiting", icon: "hourglass", tone: "waiting" },
  awaiting_input: { text: "Needs a person", icon: "person", tone: "waiting" },
  yielded: { text: "Waiting", icon: "hourglass", tone: "waiting" },
  success: { text: "Succeeded", icon: "check", tone: "success" },
  failed: { text: "Failed", icon: "cross", tone: "failed" },
  timed_out: { text: "Timed out", icon: "clock", tone: "failed" },
  lost: { text: "Lost", icon: "cross", tone: "failed" },
  upstream_failed: { text: "Upstream failed", icon: "blocked", tone: "blocked" },
  skipped: { text: "Skipped", icon: "skip", tone: "idle" },
  cancelled: { text: "Cancelled", icon: "stop", tone: "idle" },
};

/** Text in a tone's colour. Written out, so that the style sheet has them. */
export const TONE_TEXT: Readonly<Record<Tone, string>> = {
  success: "text-success",
  failed: "text-failed",
  blocked: "text-blocked",
  running: "text-running",
  waiting: "text-waiting",
  idle: "text-idle",
};

export const TONE_SOFT: Readonly<Record<Tone, string>> = {
  success: "bg-success-soft",
  failed: "bg-failed-soft",
  blocked: "bg-blocked-soft",
  running: "bg-running-soft",
  waiting: "bg-waiting-soft",
  idle: "bg-idle-soft",
};

export const TONE_FILL: Readonly<Record<Tone, string>> = {
  success: "bg-success",
  failed: "bg-failed",
  blocked: "bg-blocked",
  running: "bg-running",
  waiting: "bg-waiting",
  idle: "bg-idle",
};

/** The state of a run as people see it: one that was asked to stop says so. */
export function runState({ state, cancelRequested }: Pick<Run, "state" | "cancelRequested">): State {
  return cancelRequested && (state === "queued" || state === "running") ? "cancelling" : state;
}

/** How a task run waits for a person is in what it waits for. */
export function taskState({ state, waitsFor }: Pick<TaskRun, "state" | "waitsFor">): State {
  return state === "deferred" && waitsFor?.kind === "approval" ? "awaiting_input" : state;
}
