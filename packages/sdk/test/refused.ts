import { MillraceError } from "@millrace/core";

/** The refusal that `act` throws. Anything else, and nothing at all, is a failure of the test. */
export function refused(act: () => unknown): MillraceError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof MillraceError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was refused");
}
