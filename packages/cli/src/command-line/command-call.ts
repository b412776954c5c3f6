import type { Console } from "../output/console.ts";
import type { OptionValues } from "./parse-command-line.ts";

/** Everything a command gets: its parsed line, and the world it may touch. */
export interface CommandCall {
  readonly arguments: readonly string[];
  readonly options: OptionValues;
  readonly console: Console;
  /** From `--project`, `MILLRACE_PROJECT`, or the working folder. */
  readonly projectDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
