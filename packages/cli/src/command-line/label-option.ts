import type { OptionSpec } from "./command-spec.ts";

/** Of every command that runs attempts for tasks that may ask for labels. */
export const LABEL_OPTION: OptionSpec = {
  name: "label",
  value: "<name=value>",
  repeats: true,
  description: "What this one is, or has, for tasks that ask for it with `workers`. Several times for several.",
};
