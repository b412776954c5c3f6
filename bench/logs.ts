import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { type AttemptId, makeRunId } from "@millrace/core";
import { createFileLogStore, type LogStore } from "@millrace/executors";
import { type Figure, quantile, say } from "./figures.ts";

const LOG_BYTES = 99_000_000;
const ROUNDS = 40;
const WINDOW_LINES = 500;
const KEY = { run: makeRunId(0, () => 0.5), attempt: 1 as AttemptId };

/** A log of 100 MB: windows anywhere in it, and searches that go through all of it. */
export async function logs(): Promise<readonly Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  try {
    const store = createFileLogStore({ dir, maxBytes: 2 * LOG_BYTES });
    const lines = await fill(store);
    const { size } = await stat(join(dir, KEY.run, `${KEY.attempt}.ndjson`));
    say(`${lines} lines, ${(size / 1e6).toFixed(0)} MB`);
    const windows = await timed(async (round) => {
      const from = Math.floor((lines * round) / ROUNDS);
      const page = await store.read({ ...KEY, from, limit: WINDOW_LINES });
      if (page.lines.length !== WINDOW_LINES) throw new Error("a window is not full");
    });
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    // Nowhere, once at the end, and in what every line has but its text.
    const texts = ["no line says this", `row ${lines - 1} of`, "stdout"];
    const searches = await timed(async (round) => {
      const hits = await store.search({ ...KEY, text: texts[round % 3] ?? "", from: 0, limit: 100 });
      if (hits.length !== (round % 3 === 1 ? 1 : 0)) throw new Error("a search found the wrong lines");
    });
    delay.disable();
    return [
      { name: "log_window_p95_ms", value: quantile(windows, 0.95), unit: "ms", goal: 50, better: "lower" },
      { name: "log_search_p50_ms", value: quantile(searches, 0.5), unit: "ms", goal: null, better: "lower" },
      { name: "log_search_p95_ms", value: quantile(searches, 0.95), unit: "ms", goal: 500, better: "lower" },
      { name: "log_search_held_p99_ms", value: delay.percentile(99) / 1e6, unit: "ms", goal: null, better: "lower" },
    ];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Writes lines as a task does that says much. Gives how many. */
async function fill(store: LogStore): Promise<number> {
  const writer = store.writer(KEY);
  let bytes = 0;
  let lines = 0;
  while (bytes < LOG_BYTES) {
    const text = `row ${lines} of the import: customer ${(lines * 7919) % 100_003} has changed, 14 fields, no conflicts`;
    writer.append({ t: 1_767_225_600_000 + lines, level: "info", source: "logger", text });
    bytes += text.length + 67;
    lines += 1;
    if (writer.overfull) await new Promise<void>((resolve) => writer.relieved(resolve));
  }
  await new Promise<void>((resolve) => writer.close(resolve));
  return lines;
}

async function timed(act: (round: number) => Promise<void>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    await act(round);
    times.push(performance.now() - begun);
  }
  return times;
}
