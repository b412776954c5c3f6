import type { OptionSpec } from "./command-spec.ts";

/** Of every command that runs attempts. */
export const WORKERS_OPTION: OptionSpec = {
  name: "workers",
  value: "<n>",
  env: "MILLRACE_WORKERS",
  description: "Attempts at once. Defaults to the configuration's `workers`.",
};
