import { EXIT } from "../command-line/exit-code.ts";

export interface Interruption {
  /** Whether somebody asked to stop. */
  readonly requested: boolean;
  /** Stops listening for signals. */
  end(): void;
}

/**
 * Ctrl-C and SIGTERM: the first asks politely, the second leaves at once. What is unfinished is in the store and goes
 * on later, and the guardian kills what runs, so leaving at once loses nothing.
 */
export function onInterruption(ask: () => void, leave: () => void): Interruption {
  let requested = false;
  const listener = (): void => {
    if (requested) {
      leave();
      process.exit(EXIT.interrupted);
    }
    requested = true;
    ask();
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return {
    get requested() {
      return requested;
    },
    end: () => {
      process.off("SIGINT", listener);
      process.off("SIGTERM", listener);
    },
  };
}
