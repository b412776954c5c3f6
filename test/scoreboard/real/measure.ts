// Waiting for what a row waits for, and the figures it prints.
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const LOOK_MS = 10;

/** Looks again and again until something is there; throws, with the name of it, when it is not in time. */
export async function until<Found>(what: string, withinMs: number, look: () => Found | undefined): Promise<Found> {
  for (const giveUpAt = performance.now() + withinMs; ; ) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > giveUpAt) throw new Error(`${what}: not within ${withinMs} ms`);
    await pause(LOOK_MS);
  }
}

const SOON_MS = 60_000;

/** The JSON in a file that appears whole. */
export function readSoon<Content>(file: string): Promise<Content> {
  return until(file, SOON_MS, () =>
    existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Content) : undefined,
  );
}

/** The value below which this share of all lies. 0 of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

export function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
