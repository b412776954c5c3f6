import { cpus, totalmem } from "node:os";
import process from "node:process";

/** One measured figure. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** From `engine.md`'s “Speed to reach”; null where a figure has none and is printed for scale. */
  readonly goal: number | null;
  readonly better: "lower" | "higher";
}

/** A bench: measures for a while and gives its figures. What it prints on the way goes to standard error. */
export type Bench = () => Promise<readonly Figure[]>;

/** Standard output gets one JSON document and nothing else. */
export function printFigures(bench: string, figures: readonly Figure[]): void {
  const rounded = figures.map((figure) => ({ ...figure, value: Number(figure.value.toPrecision(4)) }));
  process.stdout.write(`${JSON.stringify({ bench, machine: machine(), figures: rounded }, null, 2)}\n`);
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function machine(): string {
  const cores = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cores.length} × ${cores[0]?.model.trim() ?? "processor"}, ${memory} GiB, Node ${process.version}, ${process.platform}`;
}

/** The value below which a share of the values lies; the values need not be sorted. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
