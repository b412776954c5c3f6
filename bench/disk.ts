import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { type Figure, median } from "./figures.ts";

/** How long this disk takes to make 4 KiB durable, for scale: no durable hop can be quicker than one of these. */
export function fsyncFigure(dir: string): Figure {
  const path = join(dir, "fsync-probe");
  const file = openSync(path, "w");
  const page = Buffer.alloc(4096);
  const times: number[] = [];
  for (let round = 0; round < 300; round += 1) {
    page.writeUInt32LE(round);
    const begun = performance.now();
    writeSync(file, page);
    fsyncSync(file);
    times.push(performance.now() - begun);
  }
  closeSync(file);
  rmSync(path);
  return { name: "fsync_p50_ms", value: median(times), unit: "ms", goal: null, better: "lower" };
}
