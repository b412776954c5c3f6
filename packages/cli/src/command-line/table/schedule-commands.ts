import type { CommandSpec } from "../command-spec.ts";

/** Commands about what makes runs by the clock. */
export const SCHEDULE_COMMANDS: readonly CommandSpec[] = [
  {
    name: "schedule",
    summary: "Look at schedules and hold them back: list, next, explain, ticks, pause, resume",
    details: [
      "`schedule list` shows the schedules of all flows, or of one: what they mean, their next tick, what became of the last one, how many ticks are owed, and who paused them. Only `millrace server` makes their runs.",
      "`schedule next <flow> [schedule]` prints the next ticks; with --cron those of an expression, for which it needs no project. With --batch it reads requests from standard input, one JSON object a line (`cron`, and if need be `timeZone`, `from`, `count`, `inclusive`), and answers each with a line: `ticks`, or `error`.",
      "`schedule explain <flow> [schedule]`, or with --cron, says in words what a schedule means, and shows its next ticks on the clock of its zone, of this machine, and of UTC, with the window that each stands for.",
      "`schedule ticks [flow] [schedule]` shows what became of ticks, the newest first: the run that was made, or why there is none. Ticks that were missed and never made are one line, at the last of them.",
      "`schedule pause <flow> [schedule]` holds one back, or all schedules and triggers of a flow, until `schedule resume`. What was missed meanwhile is then made up for as its `catchup` says.",
    ],
    arguments: [
      {
        name: "what",
        required: true,
        description: "What to do.",
        choices: ["list", "next", "explain", "ticks", "pause", "resume"],
      },
      { name: "flow", required: false, description: "The flow; not with --cron.", completes: "flow" },
      { name: "schedule", required: false, description: "The schedule's name. Defaults to all of the flow." },
    ],
    options: [
      { name: "cron", value: "<expression>", description: "next, explain: this expression instead of a flow's." },
      { name: "time-zone", value: "<zone>", description: "With --cron: its time zone. Defaults to UTC." },
      {
        name: "from",
        value: "<instant>",
        description: "next, explain: the first ticks at or after this, such as 2026-01-31T00:00:00Z. Defaults to now.",
      },
      { name: "count", value: "<n>", description: "next, explain: how many. Defaults to 5." },
      { name: "limit", value: "<n>", description: "ticks: no more than so many. Defaults to 20." },
      { name: "reason", value: "<text>", description: "pause: why, for those who look at it." },
      { name: "batch", description: "next: answer requests from standard input." },
    ],
    examples: [
      { line: "millrace schedule list", says: "what runs when?" },
      { line: "millrace schedule pause daily-orders --reason 'the source is down'", says: "hold it back" },
      { line: "millrace schedule next daily-orders", says: "when does it run?" },
      {
        line: "millrace schedule next --cron '0 2 * * *' --time-zone Europe/Zurich --count 3 --json",
        says: "of an expression, for a program",
      },
      { line: "millrace schedule explain --cron '0 18 LW * *'", says: "what did I write there?" },
    ],
    load: async () => (await import("../../commands/schedule.ts")).schedule,
  },
];
