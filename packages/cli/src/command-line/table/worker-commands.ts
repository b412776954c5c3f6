import type { CommandSpec } from "../command-spec.ts";
import { LABEL_OPTION } from "../label-option.ts";

/** Workers in processes of their own. */
export const WORKER_COMMANDS: readonly CommandSpec[] = [
  {
    name: "worker",
    summary: "Run attempts for a server, here or on another machine",
    details: [
      "Connects to a server and runs what it gives, in a folder where the project's packages are installed: the same repository, after `npm ci`. Flows, artifacts, logs and secrets go over the one connection that it opens; it needs no database and no port of its own.",
      "Give every server of the project with --server, once for each: the worker finds the one that leads. While it has no connection, because the server restarts or another takes over, its attempts go on, and what they came to is told on the next. When nothing answers for 8 seconds, not even the server's machine, it ends them: after 10 the leader runs them elsewhere.",
      "The token is in the file of --token-file or in MILLRACE_WORKER_TOKEN, never an argument; `millrace token create <name> --worker` makes one. A server on this machine needs none while its project has no users.",
      'With --label it also takes tasks that ask for such workers: `workers: { gpu: "a100" }`.',
      "SIGTERM or Ctrl-C lets what runs end for up to --drain, and takes nothing new. What has not ended by then is tried again elsewhere, which costs it no retry. A second signal leaves at once. Each change is a line; with --json a record: `worker.started`, `worker.connected`, `worker.disconnected`, `worker.waiting`, `worker.gave_up`, `worker.stopping`, `worker.stopped`. Exits with 3 when the first server that answers does not take it.",
    ],
    arguments: [],
    options: [
      {
        name: "server",
        value: "<url>",
        repeats: true,
        env: "MILLRACE_SERVER",
        description: "The address of a server: `https://millrace.example.org`. Several times for several.",
      },
      {
        name: "token-file",
        value: "<file>",
        completes: "file",
        env: "MILLRACE_WORKER_TOKEN_FILE",
        description: "The file that holds the worker's token. Defaults to the token in MILLRACE_WORKER_TOKEN.",
      },
      { name: "name", value: "<name>", description: "What people call it. Defaults to the machine's name." },
      LABEL_OPTION,
      {
        name: "workers",
        value: "<n>",
        env: "MILLRACE_WORKERS",
        description: "Attempts at once. Defaults to four for each processor, at least 8 and at most 32.",
      },
      {
        name: "drain",
        value: "<duration>",
        env: "MILLRACE_DRAIN",
        description: "How long attempts may go on after SIGTERM. Defaults to 30s.",
      },
    ],
    examples: [
      { line: "millrace worker --server http://127.0.0.1:7430", says: "another process on this machine" },
      {
        line: "millrace worker --server https://mill.example.org --token-file worker.token --label gpu=a100",
        says: "a machine with something that others have not",
      },
    ],
    load: async () => (await import("../../commands/worker.ts")).worker,
  },
];
