import type { CommandSpec } from "../command-spec.ts";

/** Commands about what flows have run of their past, and what they are to run of it. */
export const BACKFILL_COMMANDS: readonly CommandSpec[] = [
  {
    name: "backfill",
    summary: "Run a flow for windows or partitions of the past: <flow>, list, show, pause, resume, cancel, retry, set",
    details: [
      "`backfill <flow> --from … --to …` shows its plan first: which windows or partitions there are in the range, which of them are left out because they ran before or are under way, how many runs it makes, and how long that may take by what runs of the flow took lately. On a terminal it asks; elsewhere it wants --yes. Without a server the runs go on in this process, and `millrace backfill` watches them; if another process leads the project, they go on there.",
      "Runs of a backfill have a class of their own: they take what live work leaves, and at least a tenth of the slots.",
      "Ctrl-C pauses a backfill that this process runs, and only stops watching one that a server runs. A second Ctrl-C leaves at once: whoever leads next goes on with it.",
      "Where the flow has dependsOnPast, the runs are made one by one, the oldest first, and one that fails pauses the backfill.",
      "`backfill show <id>` lists key, run and state; `pause`, `resume` and `cancel` take an id or the beginning of one; `retry` repeats what failed, with the code as it is now, and goes on with what was never made. `retry --dry-run` shows which runs and tasks that is. `set --max-active` says how many are under way at once from now on; what is under way goes on.",
    ],
    arguments: [
      { name: "flow", required: true, description: "A flow's name, or what to do.", completes: "flow" },
      { name: "id", required: false, description: "Of show, pause, resume, cancel, retry and set: the backfill." },
    ],
    options: [
      {
        name: "from",
        value: "<key>",
        description:
          "The first of the range: a partition key, a day, or an instant such as 2026-01-31T06:00:00Z. Days are read in the zone of the partitions or the schedule.",
      },
      {
        name: "to",
        value: "<key>",
        description: "The last of the range, which belongs to it. Defaults to the newest.",
      },
      { name: "keys", value: "<keys>", repeats: true, description: "These partition keys, separated by commas." },
      {
        name: "reprocess",
        value: "<which>",
        choices: ["none", "failed", "completed"],
        description:
          "What is run again that ran before: nothing, what failed, or all. What is under way never is. Defaults to none.",
      },
      {
        name: "order",
        value: "<which>",
        choices: ["oldest", "newest"],
        description: "Which window comes first. Defaults to oldest.",
      },
      {
        name: "max-active",
        value: "<n>",
        description:
          "Runs of it that are under way at once. Defaults to the flow's `maxActiveRuns`. Of set: from now on.",
      },
      {
        name: "run-per",
        value: "<what>",
        description:
          "What a run takes: `partition`, a number of partitions that follow each other, or `range` for all that do. Defaults to partition.",
      },
      {
        name: "limit",
        value: "<n>",
        description: "At most so many runs; of list and show, lines. Defaults to all; of lists to 100.",
      },
      {
        name: "schedule",
        value: "<name>",
        description: "Of a flow without partitions: whose windows. Defaults to the only one.",
      },
      {
        name: "param",
        short: "p",
        value: "<name=value>",
        repeats: true,
        description: "A parameter of each run, as of `millrace run`.",
      },
      {
        name: "params",
        value: "<file>",
        completes: "file",
        description: "Parameters as a JSON object in a file; `-` reads standard input.",
      },
      { name: "dry-run", description: "Show the plan and stop; of retry, too." },
      { name: "yes", short: "y", description: "Do not ask." },
      { name: "detach", short: "d", description: "Leave it to the server that leads, print its id and do not wait." },
      { name: "workers", value: "<n>", description: "Attempts at once. Defaults to the configuration's `workers`." },
    ],
    examples: [
      { line: "millrace backfill daily-orders --from 2025-01-01 --to 2025-12-31 --dry-run", says: "what would it do?" },
      {
        line: "millrace backfill daily-orders --from 2025-01-01 --to 2025-12-31 --max-active 4",
        says: "a year, gently",
      },
      {
        line: "millrace backfill daily-orders --keys 2026-03-01,2026-03-05 --reprocess completed",
        says: "two days again",
      },
      { line: "millrace backfill show 01JD8Z", says: "key, run, state" },
      { line: "millrace backfill retry 01JD8Z", says: "what failed" },
      { line: "millrace backfill set 01JD8Z --max-active 2", says: "slower" },
    ],
    load: async () => (await import("../../commands/backfill.ts")).backfill,
  },
  {
    name: "partitions",
    summary: "Look at a flow's partitions, and change keys that the store has: list, add, remove",
    details: [
      "`partitions list <flow>` shows the newest keys with their windows and the state of their newest run.",
      "`partitions add <name> <keys>` adds keys of `dynamicPartitions(name)`, `partitions remove` takes them away. What ran for them stays.",
    ],
    arguments: [
      { name: "what", required: true, description: "What to do.", choices: ["list", "add", "remove"] },
      { name: "name", required: true, description: "The flow; of add and remove the name of the dynamic partitions." },
      { name: "keys", required: false, description: "Of add and remove: the keys, separated by commas." },
    ],
    options: [{ name: "limit", value: "<n>", description: "list: at most so many keys, the newest. Defaults to 100." }],
    examples: [
      { line: "millrace partitions list daily-orders", says: "what is there, and what is missing?" },
      { line: "millrace partitions add shops zurich,bern", says: "two more shops" },
    ],
    load: async () => (await import("../../commands/partitions.ts")).partitions,
  },
];
