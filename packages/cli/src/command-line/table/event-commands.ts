import type { CommandSpec } from "../command-spec.ts";

/** Commands about events that make runs, and people who decide. */
export const EVENT_COMMANDS: readonly CommandSpec[] = [
  {
    name: "trigger",
    summary: "Look at webhooks, sensors and other events that make runs: list, ticks, pause, resume, fire",
    details: [
      "`trigger list` shows the triggers of the active version: what each waits for, whether it is paused, how many events it has gathered, and what became of the last one.",
      "`trigger ticks [flow] [trigger]` shows what became of events and polls, the newest first: `run` (it made one), `known` (it came before), `gathered` (it waits for others, or went into their run), `skipped` and `failed` with the reason, `polled` (a sensor had nothing to say). With --json each has the lines that a sensor logged.",
      "`trigger pause <flow> [trigger]` holds one back, or all schedules and triggers of a flow, until `trigger resume`. Events that come meanwhile are kept as skipped; sensors are not polled and keep their cursor.",
      "`trigger fire <flow> [trigger]` says that something happened, as the outside world would: for a webhook --payload is the body. The same --key twice is one event.",
    ],
    arguments: [
      {
        name: "what",
        required: true,
        description: "What to do.",
        choices: ["list", "ticks", "pause", "resume", "fire"],
      },
      { name: "flow", required: false, description: "The flow, except for list.", completes: "flow" },
      { name: "trigger", required: false, description: "The trigger's name within the flow." },
    ],
    options: [
      { name: "limit", value: "<n>", description: "ticks: show at most this many. Defaults to 20." },
      { name: "reason", value: "<text>", description: "pause: why, for others. Defaults to none." },
      {
        name: "payload",
        value: "<json>",
        description: "fire: what the event says; - reads standard input. Defaults to {}.",
      },
      { name: "key", value: "<text>", description: "fire: what makes the event unique. Defaults to one of its own." },
    ],
    examples: [
      { line: "millrace trigger list", says: "what makes runs here?" },
      { line: "millrace trigger ticks load-orders", says: "what came, and what became of it?" },
      { line: 'millrace trigger pause load-orders webhook --reason "the shop sends nonsense"', says: "for a while" },
      { line: `millrace trigger fire load-orders --payload '{"order": 7}'`, says: "as if the shop had sent it" },
    ],
    load: async () => (await import("../../commands/trigger.ts")).trigger,
  },
  {
    name: "approval",
    summary: "Decide what tasks wait for: list, approve, reject",
    details: [
      "`approval list` shows the tasks that wait for a person, with what they ask and until when they wait. It exits with 0 also when there is none.",
      "`approval approve <run> [task]` and `approval reject <run> [task]` decide; the task goes on at once. The task may be left out when only one of the run waits. The first decision counts.",
    ],
    arguments: [
      { name: "what", required: true, description: "What to do.", choices: ["list", "approve", "reject"] },
      { name: "run", required: false, description: "The run, the beginning of its id, or latest.", completes: "run" },
      { name: "task", required: false, description: "The task as `list` shows it: release, item[3]." },
    ],
    options: [
      { name: "comment", value: "<text>", description: "approve, reject: why; the task is told. Defaults to none." },
    ],
    examples: [
      { line: "millrace approval list", says: "what waits for me?" },
      { line: "millrace approval approve latest", says: "go on" },
      { line: 'millrace approval reject 01K7 release --comment "the figures are wrong"', says: "do not" },
    ],
    load: async () => (await import("../../commands/approval.ts")).approval,
  },
];
