/** The front door of schedule and partition arithmetic: what needs the rules of time zones. */
export { type Zone, zoneOf } from "./zone.ts";
