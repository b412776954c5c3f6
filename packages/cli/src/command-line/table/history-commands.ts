import type { CommandSpec } from "../command-spec.ts";
import { REMOTE_OPTIONS } from "../server-options.ts";
import { RUN_ARGUMENT } from "./run-commands.ts";

/** Commands that only look. */
export const HISTORY_COMMANDS: readonly CommandSpec[] = [
  {
    name: "runs",
    summary: "List runs, newest first",
    details: [
      "A run and its retries are one line, with the state of the newest of them; --all shows each. With --quiet, one id a line.",
    ],
    arguments: [],
    options: [
      { name: "flow", value: "<flow>", completes: "flow", description: "Only runs of this flow." },
      {
        name: "state",
        value: "<state>",
        repeats: true,
        choices: ["queued", "running", "success", "failed", "cancelled"],
        description: "Only runs in this state.",
      },
      { name: "limit", value: "<n>", description: "At most this many lines. Defaults to 20." },
      { name: "all", description: "Retries as lines of their own." },
      ...REMOTE_OPTIONS,
    ],
    examples: [{ line: "millrace runs --flow daily-orders --state failed", says: "what went wrong lately" }],
    load: async () => (await import("../../commands/runs.ts")).runs,
  },
  {
    name: "logs",
    summary: "Show what the tasks of a run wrote",
    details: [
      "Lines of the logger, the console, stdout and stderr, in the order of their time, each with its task. The newest run is `latest`; one that a task of another run asked for (`flowRun`) is named by its id, which `millrace runs` lists.",
    ],
    arguments: [{ ...RUN_ARGUMENT, description: "The run's id, the beginning of it, or `latest`." }],
    options: [
      {
        name: "task",
        value: "<task>",
        description: "Only this task (`load`), all items of a map (`process`), or one (`process[3]`).",
      },
      { name: "follow", short: "f", description: "Go on until the run has ended." },
      {
        name: "level",
        value: "<level>",
        choices: ["debug", "info", "warn", "error"],
        description: "Only lines of this level and above.",
      },
      { name: "tail", value: "<n>", description: "Only the last lines." },
      ...REMOTE_OPTIONS,
    ],
    examples: [
      { line: "millrace logs latest --follow", says: "watch the newest run" },
      { line: "millrace logs 01JD8Z --task load --level warn", says: "what one task complained about" },
    ],
    load: async () => (await import("../../commands/logs.ts")).logs,
  },
  {
    name: "output",
    summary: "Print what a run returned, or what one of its tasks gave",
    details: [
      "Text is printed as it is, everything else as JSON: dates as text, maps as objects, sets as lists, bytes in base64. Values of any size are printed whole. Exits with 1 when the run or the task has not ended well.",
    ],
    arguments: [
      { ...RUN_ARGUMENT, required: false, description: "The run's id, the beginning of it, or `latest`, the default." },
      {
        name: "task",
        required: false,
        description:
          "A task (`load`), a map as a whole (`process`), or one item of it (`process[3]`). Defaults to what the flow returned.",
      },
    ],
    options: [...REMOTE_OPTIONS],
    examples: [
      { line: "millrace output", says: "what the newest run returned" },
      { line: "millrace output 01JD8Z clean", says: "what a task gave to those after it" },
      { line: "millrace output latest --json", says: "one record with the value in it" },
    ],
    load: async () => (await import("../../commands/output.ts")).output,
  },
  {
    name: "why",
    summary: "Say why a run or task waits, or why it failed",
    details: [
      "For each task that has not ended: what it waits for (an upstream, a pool and who holds it, the time of a retry, a free worker). For each that failed: its error, and what it held back.",
    ],
    arguments: [
      { ...RUN_ARGUMENT, required: false, description: "The run's id, the beginning of it, or `latest`, the default." },
      { name: "task", required: false, description: "Only this task." },
    ],
    options: [...REMOTE_OPTIONS],
    examples: [
      { line: "millrace why", says: "the newest run" },
      { line: "millrace why 01JD8Z load", says: "one task" },
    ],
    load: async () => (await import("../../commands/why.ts")).why,
  },
];
