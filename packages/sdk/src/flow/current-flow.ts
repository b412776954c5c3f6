import type { CallSite } from "../source/call-site.ts";
import { refusal } from "../source/refuse.ts";
import type { FlowBuilder } from "./flow-builder.ts";

/** The flow whose build function runs now. Kept process-wide, so that kinds may bring their own copy of this package. */
const CURRENT = Symbol.for("millrace.builder");

const holder = globalThis as { [CURRENT]?: FlowBuilder | undefined };

/**
 * The flow being built.
 *
 * @param what is placed, for the message: `task "load"`.
 * @throws MillraceError `OUTSIDE_FLOW` where no build function runs.
 */
export function currentFlow(what: string, site: CallSite): FlowBuilder {
  const builder = holder[CURRENT];
  if (builder !== undefined) return builder;
  const hint = "Call it inside the function given to flow(…), which must not be async. In tests call its .run(…).";
  throw refusal({ code: "OUTSIDE_FLOW", message: `${what} is placed outside of a flow`, hint }, site);
}

/** Runs a build function with `builder` as the flow being built. */
export function building<Result>(builder: FlowBuilder, build: () => Result): Result {
  const around = holder[CURRENT];
  holder[CURRENT] = builder;
  try {
    return build();
  } finally {
    holder[CURRENT] = around;
  }
}
