import type { CommandSpec } from "../command-spec.ts";

const GRANTS =
  "A grant is a role, `viewer`, `operator`, `editor` or `admin`, for everything; or for the flows whose name fits a pattern: `operator:orders-*`. `viewer` reads; `operator` also runs, cancels, pauses, backfills and approves; `editor` also sets pools; `admin` also prunes, and decides who may what.";

/** Commands about who may come in. */
export const PEOPLE_COMMANDS: readonly CommandSpec[] = [
  {
    name: "user",
    summary: "Say who may come in: list, add, grant, disable, enable, reset-password",
    details: [
      "With the first user every server of the project asks whoever calls it to log in or to show a token, also those that run now, and also `millrace dev`. Users are not removed: what they did is theirs. A disabled one is out at once, tokens included.",
      GRANTS,
      "`user add` and `user reset-password` read the password from the standard input, or ask for it on a terminal; it has 12 characters at least. A reset ends the user's sessions, and lets somebody in again who was guessed at too often. `user grant` gives what a user may from now on, in place of what they might.",
      "These commands work on the project's database: whoever may write that decides who comes in.",
    ],
    arguments: [
      {
        name: "what",
        required: true,
        description: "What to do.",
        choices: ["list", "add", "grant", "disable", "enable", "reset-password"],
      },
      { name: "name", required: false, description: "The user, except for list." },
    ],
    options: [
      {
        name: "grant",
        value: "<role[:pattern]>",
        repeats: true,
        description: "add, grant: what the user may. Defaults to `admin` for the first user, else to nothing.",
      },
      { name: "no-password", description: "add: the user has no password, and comes in by tokens alone." },
    ],
    examples: [
      { line: "millrace user add ana", says: "the first one, an admin; asks for the password" },
      { line: "millrace user add ben --grant viewer --grant operator:orders-*", says: "reads all, runs some" },
      { line: "millrace user disable ben", says: "out at once" },
    ],
    load: async () => (await import("../../commands/user.ts")).user,
  },
  {
    name: "token",
    summary: "Let programs and workers in: list, create, revoke",
    details: [
      "`token create` prints a token once, and keeps its hash. Programs send it as `Authorization: Bearer mr_…`; the command line takes it from MILLRACE_API_TOKEN or --token-file. With --worker it lets workers connect and nothing else: it goes into MILLRACE_WORKER_TOKEN.",
      GRANTS,
      "With --user it is that user's: it may never do more than they may at the time, and nothing once they are disabled. Without, it is the project's.",
    ],
    arguments: [
      { name: "what", required: true, description: "What to do.", choices: ["list", "create", "revoke"] },
      { name: "name", required: false, description: "The token, of create and revoke." },
    ],
    options: [
      { name: "grant", value: "<role[:pattern]>", repeats: true, description: "create: what it may." },
      { name: "worker", description: "create, revoke: a token for workers." },
      { name: "user", value: "<name>", description: "create: whose it is. Defaults to the project." },
      { name: "expires", value: "<duration>", description: "create: how long it is good: `90d`. Defaults to no end." },
    ],
    examples: [
      { line: "millrace token create ci --grant operator:orders-* --expires 90d", says: "prints it, once" },
      { line: "millrace token create gpu-box --worker", says: "for `millrace worker`" },
      { line: "millrace token revoke ci", says: "lets nobody in from then on" },
    ],
    load: async () => (await import("../../commands/token.ts")).token,
  },
];
