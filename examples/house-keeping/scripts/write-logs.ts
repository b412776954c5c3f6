import { mkdirSync, writeFileSync } from "node:fs";

/** Logs for the example to pack. */
export function writeLogs(): void {
  mkdirSync("out/logs", { recursive: true });
  for (const day of ["monday", "tuesday"]) writeFileSync(`out/logs/${day}.log`, `it was a ${day}\n`.repeat(500));
}
