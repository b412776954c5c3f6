// The work that every peer for TypeScript does, and Millrace's TypeScript rows too. Each task notes when it ran.
import { appendFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

/** The clock that all processes of this machine share, also those of Python. */
const now = (): bigint => process.hrtime.bigint();

/** Appends one line to the journal of a run: the instants between which a task ran, and what it gave. */
function note(key: string, began: bigint, value: number): number {
  appendFileSync(path.join(process.env["BENCH_JOURNALS"] ?? "", key), `${began} ${now()} ${value}\n`);
  return value;
}

export function small(key: string, n: number): number {
  return note(key, now(), n + 1);
}

export function heavy(key: string, n: number): number {
  const began = now();
  fib(33);
  return note(key, began, n + 1);
}

export function numbers(key: string): number[] {
  note(key, now(), 0);
  return Array.from({ length: 200 }, (_, at) => at);
}

function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
