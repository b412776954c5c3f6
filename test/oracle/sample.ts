import type { Range } from "./wall-clock.ts";

const minutes = (day: string): number => Date.parse(day) / 60_000;

export const FULL_RANGE: Range = { from: minutes("2020-01-01"), until: minutes("2030-01-01") };

/** Fourteen months with changes of all kinds. */
export const SAMPLE_RANGE: Range = { from: minutes("2023-02-01"), until: minutes("2024-04-01") };

/** No summer time; the usual one, north and south; half an hour of it; at midnight; at Ramadan; far from UTC; given up. */
export const SAMPLE_ZONES = [
  "UTC",
  "Europe/Zurich",
  "America/New_York",
  "America/Santiago",
  "Australia/Lord_Howe",
  "Asia/Beirut",
  "Africa/Casablanca",
  "Africa/Cairo",
  "Pacific/Chatham",
  "America/Nuuk",
  "Asia/Almaty",
  "Asia/Kolkata",
];
