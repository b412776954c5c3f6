import type { CommandSpec } from "../command-spec.ts";

/** Commands about the project's database. */
export const DATABASE_COMMANDS: readonly CommandSpec[] = [
  {
    name: "db",
    summary: "Look after the project's database: status, migrate, prune, export, import",
    details: [
      "`db status` shows where the database is, how large its tables are, who leads, and what retention would remove now. It reads all of the database, and nobody waits for it.",
      "`db migrate` brings the schema up to date. Opening a project for work does so too; this is for deployments where another user may change the schema, or where it is to be done first. With --dry-run it only names what is missing, and exits with 1 when there is any.",
      "`db prune` removes runs that are too old or too many, with their reruns, outputs, events, logs and artifacts: by --older-than and --keep, or without either by the project's `retention`. Runs with work left, runs that others wait for, the newest run of each flow and its newest success stay. When a process leads the project it is asked to do it, in small pieces beside its work; else it is done here.",
      "`db export <file>` writes everything in the database as lines of JSON, checked by a hash; compressed when the file ends in `.gz`, on standard output for `-`. `db import <file>` fills an empty database with it, all or nothing, whichever kind of database either is. Logs and artifacts are files in the project's .millrace folder and stay there.",
    ],
    arguments: [
      {
        name: "what",
        required: true,
        description: "What to do.",
        choices: ["status", "migrate", "prune", "export", "import"],
      },
      {
        name: "file",
        required: false,
        description: "Of export and import; `-` for the standard streams.",
        completes: "file",
      },
    ],
    options: [
      { name: "older-than", value: "<duration>", description: "prune: runs that ended longer ago (`30d`, `12h`)." },
      { name: "keep", value: "<n>", description: "prune: all but the newest runs of each flow; 0 keeps none of them." },
      { name: "flow", value: "<flow>", completes: "flow", description: "prune: only runs of this flow." },
      { name: "dry-run", description: "prune and migrate: say what would be done, and do nothing." },
    ],
    examples: [
      { line: "millrace db status", says: "how large is it, and what would retention remove?" },
      { line: "millrace db prune --older-than 30d --dry-run", says: "before it is done" },
      { line: "millrace db export project.ndjson.gz", says: "a backup, or to move to PostgreSQL" },
      {
        line: "MILLRACE_DATABASE_URL=postgres://user@host/db millrace db import project.ndjson.gz",
        says: "go on there",
      },
    ],
    load: async () => (await import("../../commands/db.ts")).db,
  },
];
