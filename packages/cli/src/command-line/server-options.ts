import type { OptionSpec } from "./command-spec.ts";

/** Options of commands that can go to a server elsewhere instead of the project that is here. */
export const REMOTE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "server",
    value: "<url>",
    env: "MILLRACE_SERVER",
    description:
      "Ask this server (`https://millrace.example.com`) over HTTP, and need no project here. Defaults to the project here.",
  },
  {
    name: "token-file",
    value: "<file>",
    env: "MILLRACE_TOKEN_FILE",
    completes: "file",
    description:
      "With a server: the file that holds the API token. Defaults to the token in MILLRACE_API_TOKEN. A token is never an argument: others on the machine can read those.",
  },
];
