import type { OptionSpec } from "./command-spec.ts";

/** Options that every command takes, before or after its name. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    name: "project",
    value: "<dir>",
    completes: "folder",
    env: "MILLRACE_PROJECT",
    description: "The project's folder. Defaults to the working folder or one above it.",
  },
  { name: "json", description: "Write JSON on standard output, one record a line, and nothing else there." },
  { name: "no-color", description: "Write without colours; NO_COLOR=1 does the same." },
  { name: "quiet", short: "q", description: "Write results and errors only; lists shrink to names." },
  { name: "help", short: "h", description: "Show help and do nothing else." },
];
