import type { ArgumentSpec, CommandSpec, OptionSpec } from "../command-spec.ts";
import { REMOTE_OPTIONS } from "../server-options.ts";
import { WORKERS_OPTION } from "../workers-option.ts";

/** A run as people name it. */
export const RUN_ARGUMENT: ArgumentSpec = {
  name: "run",
  required: true,
  description: "The run's id, or the beginning of it.",
  completes: "run",
};

const DRY_RUN_OPTION: OptionSpec = {
  name: "dry-run",
  description: "Say what would run, what would be kept and with which code, and do nothing.",
};

/** Commands that make runs, or change them. */
export const RUN_COMMANDS: readonly CommandSpec[] = [
  {
    name: "run",
    summary: "Run a flow and watch it",
    details: [
      "Runs the flow in this process's own engine on the project's database, and needs nothing else. If another process leads the project already (`millrace server`, or another `run`), the run is handed to it and watched from here, through changes of the leader too.",
      "Runs that an earlier process left unfinished (it was killed, or the machine went down) go on beside the new one; no finished task runs again.",
      "On a terminal a live tree shows how far it is; elsewhere each event is a line. With --json each event is a record: `run.queued`, `run.started`, `run.resumed`, `task.started`, `task.retrying`, `task.deferred`, `task.resumed`, `task.expanded`, `task.finished`, `task.skipped`, `hook.finished`, `data.reported`, `run.cancelling`, and at the end `run.finished`; a refusal is an `error`. Every record of an event has `run`, `flow` and `at` (ISO 8601); durations (`durationMs`, `delayMs`) are in milliseconds.",
      "Ctrl-C cancels the run and waits until its tasks are dead; a second one leaves at once, and `millrace resume` goes on later. Where a server leads, the run is the server's, and Ctrl-C only leaves it.",
      "With --server the flow and its code are those of the server, and nothing of this folder is looked at. Ctrl-C leaves the run there with exit code 130, and `millrace watch` follows it again.",
    ],
    arguments: [{ name: "flow", required: true, description: "The flow's name.", completes: "flow" }],
    options: [
      {
        name: "param",
        short: "p",
        value: "<name=value>",
        repeats: true,
        description:
          "A parameter. The value is read as the parameter's type says; `name.field=value` sets a field; lists are JSON, or the option repeated.",
      },
      {
        name: "params",
        value: "<file>",
        completes: "file",
        description: "Parameters as a JSON object in a file; `-` reads standard input. --param wins over it.",
      },
      {
        name: "window",
        value: "<start/end>",
        description:
          "The data interval, as two ISO 8601 instants or dates (UTC). Defaults to that of its partitions, else to the newest complete one of the flow's schedule, else to an empty one at this moment.",
      },
      {
        name: "partition",
        value: "<keys>",
        repeats: true,
        description:
          "Of a flow with `partitions`: the keys that the run covers, separated by commas. Defaults to the newest that is complete.",
      },
      {
        name: "only",
        value: "<tasks>",
        repeats: true,
        description: "Run only these tasks or groups, separated by commas, and nothing before or after them.",
      },
      {
        name: "from",
        value: "<tasks>",
        repeats: true,
        description: "Run these tasks or groups, separated by commas, and everything after them.",
      },
      {
        name: "backfill",
        description:
          "The run is not urgent: it catches up with the past, leaves other runs their room, and has a share of its own.",
      },
      WORKERS_OPTION,
      {
        name: "detach",
        short: "d",
        description: "Leave the run to the server that leads (`millrace server`), print its id and do not wait.",
      },
      ...REMOTE_OPTIONS,
    ],
    examples: [
      { line: "millrace run daily-orders --param region=us", says: "with a parameter" },
      { line: "millrace run daily-orders --params params.json", says: "with parameters from a file" },
      { line: "millrace run daily-orders --window 2026-01-01/2026-01-02", says: "for a day of the past" },
      { line: "millrace run daily-orders --from load", says: "the last part only" },
      { line: "millrace run daily-orders --json", says: "events as NDJSON, for programs" },
      { line: "millrace run daily-orders --detach", says: "left to a server; `millrace logs latest -f` watches it" },
    ],
    load: async () => (await import("../../commands/run.ts")).run,
  },
  {
    name: "watch",
    summary: "Follow a run to its end",
    details: [
      "Shows a run that is under way like `millrace run` does: on a terminal as a live tree, elsewhere a line for each event, with --json a record. Of a run that has ended, its end is told. Exits with 0 when it succeeded and with 1 when not.",
      "Ctrl-C only leaves: the run goes on, and the exit code is 130.",
    ],
    arguments: [
      { ...RUN_ARGUMENT, required: false, description: "The run's id, the beginning of it, or `latest`, the default." },
    ],
    options: [...REMOTE_OPTIONS],
    examples: [
      { line: "millrace watch", says: "the newest run" },
      { line: "millrace watch 01JD8Z --server https://millrace.example.com", says: "a run of a server elsewhere" },
    ],
    load: async () => (await import("../../commands/watch.ts")).watch,
  },
  {
    name: "resume",
    summary: "Carry on with runs that were left unfinished",
    details: [
      "Takes up every run that a killed or stopped process left unfinished, each on the version it was made with, and watches them to their end. Finished tasks do not run again. With a run's id, watches that one.",
    ],
    arguments: [{ ...RUN_ARGUMENT, required: false, description: "Watch this run only. Defaults to all." }],
    options: [WORKERS_OPTION],
    examples: [{ line: "millrace resume", says: "after a crash" }],
    load: async () => (await import("../../commands/resume.ts")).resume,
  },
  {
    name: "cancel",
    summary: "Cancel a run and kill its tasks",
    details: [
      "Returns when no process of the run is alive. A finished run cannot be cancelled: that is refused with exit code 2.",
    ],
    arguments: [RUN_ARGUMENT],
    options: [...REMOTE_OPTIONS],
    examples: [{ line: "millrace cancel 01JD8Z", says: "the beginning of an id will do" }],
    load: async () => (await import("../../commands/cancel.ts")).cancel,
  },
  {
    name: "retry",
    summary: "Run again what failed in a finished run, as a new run",
    details: [
      "Final states are final, so this makes a new run of the same family: what is not repeated counts as done, with the outputs it had. Without options, everything that failed or was held back by a failure is repeated.",
    ],
    arguments: [RUN_ARGUMENT],
    options: [
      {
        name: "task",
        value: "<tasks>",
        repeats: true,
        description:
          "Repeat these tasks, separated by commas, whatever their state: tasks, groups, or items of maps (`airport[3]`).",
      },
      { name: "downstream", description: "With --task: everything after them, too." },
      { name: "all", description: "Repeat everything." },
      {
        name: "version",
        value: "<which>",
        choices: ["same", "current"],
        description:
          "`same`: the code of the run that is repeated; `current`: the code as it is now. Defaults to current.",
      },
      DRY_RUN_OPTION,
      WORKERS_OPTION,
      ...REMOTE_OPTIONS,
    ],
    examples: [
      { line: "millrace retry 01JD8Z", says: "from the failure, with the code as it is now" },
      { line: "millrace retry 01JD8Z --task clean --downstream", says: "one task and what follows from it" },
      { line: "millrace retry 01JD8Z --task 'airport[3]' --dry-run", says: "what one item of a map would take" },
    ],
    load: async () => (await import("../../commands/retry.ts")).retry,
  },
  {
    name: "mark",
    summary: "Say how tasks of a finished run count: success, failed, skipped",
    details: [
      "For what was put right by hand, or should not count. Final states are final, so this makes a new run of the same family: the marked tasks stand in it as you say, all after them is decided anew by its trigger rules, and everything else is as it was, failures too. Nothing else is repeated; `millrace retry` does that.",
      "A marked task does not run and has no output: what reads it is given `undefined`. The run and the audit say who marked it, and why. A run that goes on is refused: cancel it first.",
    ],
    arguments: [
      RUN_ARGUMENT,
      {
        name: "tasks",
        required: true,
        description: "The tasks, separated by commas: tasks, groups, or items of maps (`airport[3]`).",
      },
      { name: "state", required: true, description: "What they count as.", choices: ["success", "failed", "skipped"] },
    ],
    options: [
      { name: "reason", value: "<text>", description: "Why, for those who look at it later." },
      DRY_RUN_OPTION,
      WORKERS_OPTION,
      ...REMOTE_OPTIONS,
    ],
    examples: [
      { line: "millrace mark 01JD8Z load success --reason 'loaded by hand'", says: "go on after it" },
      { line: "millrace mark 01JD8Z 'airport[3]' skipped --dry-run", says: "what that would do" },
    ],
    load: async () => (await import("../../commands/mark.ts")).mark,
  },
];
