import { join } from "node:path";
import { ROOT_ITEM, type RunId, type Store } from "@millrace/core";
import { openSqliteStore } from "@millrace/store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FEW_ROWS } from "../../src/sqlite/long-reads.ts";
import { AT_MS, attemptRow, changes, eventRow, nextRunId, runRow, taskRunRow } from "../rows.ts";
import { temporaryFolders } from "../temporary-folder.ts";

const makeFolder = temporaryFolders();
const MANY = FEW_ROWS + 1;

let path: string;
let store: Store;
let long: RunId;
let short: RunId;

beforeEach(async () => {
  path = join(makeFolder(), "millrace.db");
  store = await openSqliteStore({ path });
  const leadership = await store.lead("test");
  [long, short] = [nextRunId(), nextRunId()];
  for (const [id, rows] of [
    [long, MANY],
    [short, FEW_ROWS],
  ] as const) {
    const nodes = Array.from({ length: rows }, (_, node) => node);
    const report = { run: id, item: ROOT_ITEM, attempt: 1 as never, atMs: AT_MS };
    await store.commit(
      leadership?.epoch as never,
      changes({
        runs: [runRow({ id, rootRun: id })],
        taskRuns: nodes.map((node) => taskRunRow(id, { node })),
        attempts: nodes.map((node) => attemptRow(id, node + 1, { node })),
        events: nodes.map((node) => eventRow(id, { node })),
        reports: nodes.map((node) => ({ ...report, node, data: { kind: "custom", payload: node } })),
      }),
    );
  }
});

afterEach(() => store.close());

/** Reads, and says whether that was over before this thread could do anything else. */
async function reading<Value>(read: Promise<Value>): Promise<{ isHere: boolean; value: Value }> {
  let isOver = false;
  const over = read.finally(() => {
    isOver = true;
  });
  over.catch(() => {});
  // Promises that wait for nothing outside settle before the next turn of the thread.
  for (let step = 0; step < 100; step += 1) await Promise.resolve();
  const isHere = isOver;
  return { isHere, value: await over };
}

describe("history that is long", () => {
  test("is read by another thread, and is the same", async () => {
    const plain = await openSqliteStore({ path, readonly: true });
    const reads: ((one: Store, run: RunId) => Promise<unknown>)[] = [
      ({ history }, run) => history.listTaskRuns(run),
      ({ history }, run) => history.listAttempts(run),
      ({ history }, run) => history.listReports(run),
      ({ history }, run) => history.listTaskRuns(run, { limit: MANY }),
      ({ history }, run) => history.listTaskRuns(run, { states: ["running"], limit: 1 }),
      ({ history }, run) => history.listAttempts(run, { limit: MANY }),
      ({ history }, run) => history.listReports(run, { skip: MANY, limit: 1 }),
      ({ history }, run) => history.listEvents(run, 0, 1_000),
      ({ history }, run) => history.listEvents(null, run === long ? 0 : MANY, 1_000),
      ({ history }, run) => history.listRuns({ limit: run === long ? MANY : FEW_ROWS }),
      ({ history }, run) => history.findRun(run === long ? run.slice(0, -1) : run),
    ];
    for (const [index, read] of reads.entries()) {
      const value = await read(plain, long);
      expect([index, await reading(read(store, long))]).toEqual([index, { isHere: false, value }]);
      const few = await read(plain, short);
      expect([index, await reading(read(store, short))]).toEqual([index, { isHere: true, value: few }]);
    }
    await plain.close();
  });

  test("is read by another thread where all task runs of many runs are looked at", async () => {
    const nodes = (rows: number) => ({ running: Array.from({ length: rows }, (_, node) => node) });
    expect(await reading(store.history.listNodeStates([long, short]))).toEqual({
      isHere: false,
      value: [nodes(MANY), nodes(FEW_ROWS)],
    });
  });

  test("is read on this thread in pages", async () => {
    const { history } = store;
    for (const read of [
      () => history.listTaskRuns(long, { limit: FEW_ROWS }),
      () => history.listAttempts(long, { limit: FEW_ROWS }),
      () => history.listReports(long, { skip: 1, limit: FEW_ROWS }),
    ]) {
      const { isHere, value } = await reading<readonly unknown[]>(read());
      expect([isHere, value.length]).toEqual([true, FEW_ROWS]);
    }
  });

  test("is refused as it is on this thread", async () => {
    await expect(store.history.findRun(long.slice(0, 5))).rejects.toMatchObject({
      name: "MillraceError",
      code: "USAGE",
      message: expect.stringContaining("names several runs"),
      hint: expect.stringContaining("Give more characters"),
    });
  });

  test("is not waited for when the store is closed", async () => {
    const rows = store.history.listTaskRuns(long);
    rows.catch(() => {});
    await store.close();
    await expect(rows).rejects.toMatchObject({ code: "STORE_FAILED" });
  });
});
