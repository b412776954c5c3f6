import { statSync } from "node:fs";
import { join } from "node:path";
import { type EncodedText, ROOT_ITEM } from "@millrace/core";
import { openSqliteStore } from "@millrace/store";
import { expect, test } from "vitest";
import { SLICE_ROWS } from "../../src/sqlite/upkeep.ts";
import { AT_MS, attemptRow, changes, eventRow, runRow, taskRunRow } from "../rows.ts";
import { temporaryFolders } from "../temporary-folder.ts";

const makeFolder = temporaryFolders();
const TASKS = 3_000;
/** Large enough that these outputs are most of the file, and the file worth shrinking. */
const TEXT = `"${"x".repeat(8_000)}"` as EncodedText;

test("what hangs on a large run goes in slices of a bounded size, and its space goes back to the disk in steps", async () => {
  const path = join(makeFolder(), "millrace.db");
  const store = await openSqliteStore({ path });
  const epoch = (await store.lead("test"))?.epoch as never;
  const run = runRow({ state: "success", settled: true });
  const nodes = Array.from({ length: TASKS }, (_, node) => node);
  await store.commit(
    epoch,
    changes({
      runs: [run],
      taskRuns: nodes.map((node) => taskRunRow(run.id, { node, state: "success" })),
      attempts: nodes.map((node) => attemptRow(run.id, node + 1, { node, state: "success", endedAtMs: AT_MS })),
      outputs: nodes.map((node) => ({ run: run.id, node, item: ROOT_ITEM, value: { kind: "inline", text: TEXT } })),
      events: nodes.map((node) => eventRow(run.id, { node })),
    }),
  );
  await store.upkeep.forgetRuns(epoch, [run.id], AT_MS);
  const slices: number[] = [];
  for (let rows = await store.upkeep.sweep(AT_MS); rows > 0; rows = await store.upkeep.sweep(AT_MS)) slices.push(rows);
  expect(Math.max(...slices)).toBeLessThanOrEqual(SLICE_ROWS);
  expect(slices.reduce((sum, rows) => sum + rows)).toBe(4 * TASKS + 1);
  expect(slices).toHaveLength(Math.ceil((4 * TASKS + 1) / SLICE_ROWS));
  const before = await store.upkeep.status();
  let steps = 0;
  while (await store.upkeep.compact()) steps += 1;
  const after = await store.upkeep.status();
  expect(steps).toBeGreaterThan(10);
  // A quarter, or 8 MiB, is kept for what is written next.
  expect(after.freeBytes).toBeLessThanOrEqual(8 * 1024 * 1024);
  expect(after.bytes).toBeLessThan(before.bytes / 2);
  await store.close();
  expect(statSync(path).size).toBe(after.bytes);
});
