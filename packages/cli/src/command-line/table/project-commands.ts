import type { CommandSpec } from "../command-spec.ts";
import { REMOTE_OPTIONS } from "../server-options.ts";

/** Commands about a project and what it defines. */
export const PROJECT_COMMANDS: readonly CommandSpec[] = [
  {
    name: "init",
    summary: "Make a new project",
    details: [
      "Writes a project that runs at once: a flow with a TypeScript task, a shell task and an SQL task, a unit test, and the configuration around them. Files that exist are never overwritten: if one is in the way, nothing is written.",
    ],
    arguments: [
      {
        name: "dir",
        required: false,
        description: "Where to put it. Defaults to the working folder.",
        completes: "folder",
      },
    ],
    options: [],
    examples: [
      { line: "millrace init shop && cd shop && npm install && npx millrace run hello", says: "from nothing to a run" },
    ],
    load: async () => (await import("../../commands/init.ts")).init,
  },
  {
    name: "check",
    summary: "Find everything that is wrong with the project before anything runs",
    details: [
      "Bundles the flows, loads each in a process of its own, and prints every problem with its place, the source and what to do. Exits with 1 when there is an error; warnings alone are fine.",
    ],
    arguments: [],
    options: [],
    examples: [
      { line: "millrace check", says: "in the terminal, or before a commit" },
      { line: "millrace check --json", says: "one record a problem, for an editor or CI" },
    ],
    load: async () => (await import("../../commands/check.ts")).check,
  },
  {
    name: "list",
    summary: "List the project's flows",
    details: ["With --quiet, one name a line."],
    arguments: [],
    options: [...REMOTE_OPTIONS],
    examples: [{ line: "millrace list", says: "names, tasks, descriptions" }],
    load: async () => (await import("../../commands/list.ts")).list,
  },
  {
    name: "show",
    summary: "Show a flow: its parameters, and its graph as a tree",
    details: [
      "The tree shows what contains what: groups, maps with the body that is repeated, branches with their arms. After each task stand its kind, what it waits for, and the policies that are not the defaults.",
    ],
    arguments: [{ name: "flow", required: true, description: "The flow's name.", completes: "flow" }],
    options: [...REMOTE_OPTIONS],
    examples: [
      { line: "millrace show daily-orders", says: "for people" },
      { line: "millrace show daily-orders --json", says: "the flow's whole specification" },
    ],
    load: async () => (await import("../../commands/show.ts")).show,
  },
  {
    name: "doctor",
    summary: "Find what is wrong with this machine and this deployment",
    details: [
      "Looks at Node, the project, its configuration, the disk, optional packages, Python, leftover processes, the key of the secrets and who may read it, the database and its schema, its clock against this machine's, who leads, the address that a server would have, and who is let in there. It changes nothing, and exits with 1 when something is broken.",
      "Run it with the environment that the server has (`MILLRACE_…`), as the user that it has.",
    ],
    arguments: [],
    options: [],
    examples: [{ line: "millrace doctor", says: "when something is odd" }],
    load: async () => (await import("../../commands/doctor.ts")).doctor,
  },
];
