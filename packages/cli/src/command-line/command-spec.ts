import type { CommandCall } from "./command-call.ts";
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
export type Act = (call: CommandCall) => Promise<ExitCode>;

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
