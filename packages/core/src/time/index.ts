/** The front door of schedule and partition arithmetic: what needs the rules of time zones. */
export { cronTicks, ticksOf } from "./schedule-ticks.ts";
export { type Ticks, ticksBetween, ticksBetweenBackwards } from "./ticks.ts";
export { type Zone, zoneOf } from "./zone.ts";
