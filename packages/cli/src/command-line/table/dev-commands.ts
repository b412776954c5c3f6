import type { CommandSpec } from "../command-spec.ts";
import { WORKERS_OPTION } from "../workers-option.ts";

/** What one works with while writing flows. */
export const DEV_COMMANDS: readonly CommandSpec[] = [
  {
    name: "dev",
    summary: "Work on a project: run it, serve it, and read it again on save",
    details: [
      "One process with all there is: engine, workers, schedules, triggers, webhooks and the HTTP API, on the project's own database. It listens on this machine alone, on port 7430 or the next that is free, and needs no login there.",
      "Saved sources, the files that they import, and the SQL files and scripts that they name are read again at once; what has changed in the definitions is shown. Runs that are under way stay on the version they were made with. When a flow file has errors, they are shown with their place, and the last good version goes on. A change of `millrace.config.ts` that counts for the process as a whole (pools, workers, connections, retention) begins anew within the same process.",
      "On a terminal single keys do something: `r` reads the project again, `o` opens the address in a browser, `l` lists the flows, `q` ends, `?` shows the keys. Ctrl-C and `q` end in good order: attempts have up to --drain, and what is left goes on at the next start. A second Ctrl-C leaves at once.",
      "There is one for each project: another one says where the first is, and exits with 1. `millrace run` and the other commands work beside it; their runs are carried out here.",
      "With --json each change is a record: `dev.ready`, `dev.reloaded`, `dev.broken`, `dev.mended`, `dev.restarting`, `dev.stopping`, `dev.stopped`, and of runs `run.started`, `run.finished`, `task.retrying`, `task.failed`.",
    ],
    arguments: [],
    options: [
      {
        name: "port",
        value: "<n>",
        env: "MILLRACE_PORT",
        description: "Where to listen; 0 takes any that is free. Defaults to 7430 or the next.",
      },
      {
        name: "drain",
        value: "<duration>",
        description: "How long attempts may go on at the end before they are cancelled. Defaults to 5s.",
      },
      WORKERS_OPTION,
    ],
    examples: [
      { line: "millrace dev", says: "in the project's folder" },
      { line: "millrace dev --port 8080", says: "at an address of one's own" },
    ],
    load: async () => (await import("../../commands/dev.ts")).dev,
  },
];
