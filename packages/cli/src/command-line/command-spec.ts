import type { Console } from "../output/console.ts";
import type { ExitCode } from "./exit-code.ts";

/**
 * One command as plain data, so that help, completion, the reference page and the parser read the same words. What it
 * does is loaded only when it is called: `--help` must not pay for an engine.
 */
export interface CommandSpec {
  readonly name: string;
  /** One line for the list of commands; no full stop. */
  readonly summary: string;
  /** Whole sentences, one paragraph each. */
  readonly details: readonly string[];
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
  load(): Promise<Act>;
}

/** Carries a command out. */
type Act = (call: CommandCall) => Promise<ExitCode>;

/** Everything a command gets: its parsed line, and the world it may touch. */
export interface CommandCall {
  readonly arguments: readonly string[];
  readonly options: OptionValues;
  readonly console: Console;
  /** From `--project`, `MILLRACE_PROJECT`, or the working folder. */
  readonly projectDir: string;
  /** Every command there is. */
  readonly commands: readonly CommandSpec[];
}

/**
 * The options of one command line, read by name: what it says, else the environment. Asking for one that the command
 * does not declare is a bug.
 */
export interface OptionValues {
  /** Whether the command declares the option. */
  has(name: string): boolean;
  /** Whether the option stands on the command line itself. */
  isWritten(name: string): boolean;
  flag(name: string): boolean;
  text(name: string): string | undefined;
  list(name: string): readonly string[];
}

export interface ArgumentSpec {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
  /** What a shell offers here. Without `choices`, nothing. */
  readonly completes?: Completes;
  /** The only texts allowed. */
  readonly choices?: readonly string[];
}

export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in help (`<k=v>`); an option without one is a flag. */
  readonly value?: string;
  /** The environment variable that says it where the command line does not; a flag's is `1` or `true`. Defaults to none. */
  readonly env?: string;
  /** May be given several times. */
  readonly repeats?: boolean;
  readonly choices?: readonly string[];
  readonly description: string;
  readonly completes?: Completes;
}

export type Completes = "flow" | "run" | "file" | "folder";

export interface Example {
  readonly line: string;
  readonly says: string;
}
