import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "@millrace/core";

const clocks = new AsyncLocalStorage<Clock>();
const RealDate = Date;
let users = 0;

/** The `Date` of the language, which shows a virtual clock to whoever is called within one, and real time to others. */
const DateWithin = new Proxy(RealDate, {
  get: (target, name, receiver) => {
    if (name !== "now") return Reflect.get(target, name, receiver) as unknown;
    return () => clocks.getStore()?.now() ?? target.now();
  },
  construct: (target, given, newTarget) => {
    const clock = given.length === 0 ? clocks.getStore() : undefined;
    return Reflect.construct(target, clock === undefined ? given : [clock.now()], newTarget) as Date;
  },
});

/** Lets `withinTime` work until the function that it gives is called. */
export function installVirtualDate(): () => void {
  users += 1;
  globalThis.Date = DateWithin;
  return () => {
    users -= 1;
    // Somebody else (fake timers, say) may have put another in its place meanwhile.
    if (users === 0 && globalThis.Date === DateWithin) globalThis.Date = RealDate;
  };
}

/** Calls `work`, for which and for all that it awaits `Date.now()` and `new Date()` show the clock. */
export function withinTime<Value>(clock: Clock, work: () => Value): Value {
  return clocks.run(clock, work);
}
