import type { OptionSpec } from "./command-spec.ts";

/** Options that every command takes, before or after its name. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    name: "project",
    value: "<dir>",
    completes: "folder",
    description: "The project's folder. Defaults to MILLRACE_PROJECT, else the working folder or one above it.",
  },
  { name: "json", description: "Write JSON on standard output, one record a line, and nothing else there." },
  { name: "no-color", description: "Write without colours; NO_COLOR=1 does the same." },
  { name: "quiet", short: "q", description: "Write results and errors only; lists shrink to names." },
  { name: "help", short: "h", description: "Show help and do nothing else." },
];
