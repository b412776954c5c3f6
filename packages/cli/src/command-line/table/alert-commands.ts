import type { CommandSpec } from "../command-spec.ts";
import { REMOTE_OPTIONS } from "../server-options.ts";

/** Commands about who is told of what. */
export const ALERT_COMMANDS: readonly CommandSpec[] = [
  {
    name: "alert",
    summary: "See who is told of what, and try it: list, log, show, test, retry",
    details: [
      "Alert rules are `alerts` in millrace.config.ts; `millrace server` and `millrace dev` tell what happens as they say.",
      "`alert list` shows the rules. `alert test <rule>` sends a message through each channel of a rule, now and from here, or with --server from there, and says what came of it: 1 is the exit code when one did not arrive.",
      "`alert log` shows what was said, and what is still to be said; `alert show <id>` one message with what came of each try. A message that nobody took is tried for about a day, ever more seldom, and then given up; `alert retry <id>` tries it again.",
    ],
    arguments: [
      { name: "what", required: true, description: "What to do.", choices: ["list", "log", "show", "test", "retry"] },
      { name: "name", required: false, description: "The rule to test, or the message to show or retry." },
    ],
    options: [
      { name: "rule", value: "<name>", description: "log: only messages of this rule. Defaults to all." },
      {
        name: "state",
        value: "<state>",
        choices: ["waiting", "sent", "failed"],
        description: "log: only messages in this state; those that were given up have failed. Defaults to all.",
      },
      { name: "limit", value: "<n>", description: "log: this many at most. Defaults to 20." },
      ...REMOTE_OPTIONS,
    ],
    examples: [
      { line: "millrace alert list", says: "who is told of what?" },
      { line: "millrace alert test on-call", says: "does it arrive?" },
      { line: "millrace alert log --state failed", says: "what did nobody take?" },
      { line: "millrace alert retry A01KA8Z3F9V0Q1M2N3P4R5S6T7V", says: "say it again" },
    ],
    load: async () => (await import("../../commands/alert.ts")).alert,
  },
];
