import { join } from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";
import type { RunId, RunRow } from "@millrace/core";
import { openSqliteStore } from "@millrace/store";
import { expect, onTestFinished, test, vi } from "vitest";
import { changes, runRow } from "../rows.ts";
import { ROWS_A_TASK, turnOf } from "../task-rows.ts";
import { temporaryFolders } from "../temporary-folder.ts";
import { tickRow, triggerRow } from "../time-rows.ts";

const makeFolder = temporaryFolders();

/** What is asked of SQLite from now on. */
function counting() {
  const statements = (["run", "get", "all", "iterate"] as const).map((name) => vi.spyOn(StatementSync.prototype, name));
  const prepared = vi.spyOn(DatabaseSync.prototype, "prepare");
  const executed = vi.spyOn(DatabaseSync.prototype, "exec");
  const spies = [...statements, prepared, executed];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  const sum = (): number => statements.reduce((calls, spy) => calls + spy.mock.calls.length, 0);
  return {
    take: () => {
      const counts = { statements: sum(), prepared: prepared.mock.calls.length, executed: executed.mock.calls.length };
      for (const spy of spies) spy.mockClear();
      return counts;
    },
  };
}

test("a commit is one transaction, one statement a row, and one for the lease; none of them is compiled again", async () => {
  const store = await openSqliteStore({ path: join(makeFolder(), "millrace.db") });
  onTestFinished(() => store.close());
  const leadership = await store.lead("counts");
  if (leadership === undefined) throw new Error("somebody leads");
  const run = runRow();
  await store.commit(leadership.epoch, changes({ runs: [run] }));
  await store.commit(leadership.epoch, turnOf(run.id, 1));
  const count = counting();
  for (const [tasks, from] of [
    [1, 1],
    [10, 2],
    [100, 12],
  ] as const) {
    await store.commit(leadership.epoch, turnOf(run.id, tasks, from));
    const { statements, prepared, executed } = count.take();
    // `begin immediate`, `commit` and the lease come to each commit; how they are sent does not matter.
    expect(statements + executed, `${tasks} tasks`).toBe(ROWS_A_TASK * tasks + 3);
    expect(prepared).toBe(0);
  }
});

test("starting a leader reads what is unfinished, and nothing of what is over", async () => {
  const path = join(makeFolder(), "millrace.db");
  const store = await openSqliteStore({ path });
  const leadership = await store.lead("counts");
  if (leadership === undefined) throw new Error("somebody leads");
  const count = counting();
  const statementsOf = async (): Promise<number> => {
    count.take();
    for (const id of await store.unfinishedRuns()) await store.loadRun(id);
    await store.pendingCommands(100);
    return count.take().statements;
  };
  const before = await statementsOf();
  for (let made = 0; made < 20; made += 1) {
    const over = runRow({ state: "success", settled: true });
    await store.commit(leadership.epoch, changes({ runs: [over] }));
    await store.commit(leadership.epoch, turnOf(over.id, 5, made * 5));
  }
  expect(await statementsOf()).toBe(before);
  await store.close();
});

test("what a page shows of many runs, schedules or versions is one statement, however many they are", async () => {
  const store = await openSqliteStore({ path: join(makeFolder(), "millrace.db"), readsHere: true });
  onTestFinished(() => store.close());
  const leadership = await store.lead("counts");
  if (leadership === undefined) throw new Error("somebody leads");
  const runs = Array.from({ length: 40 }, () => runRow({ state: "success", settled: true }));
  const triggers = runs.map((_, place) => triggerRow({ name: `every-${place}` }));
  const ticks = triggers.map(({ name }) => tickRow({ trigger: name }));
  await store.commit(leadership.epoch, changes({ runs, triggers, ticks }));
  const ids = runs.map(({ id }) => id);
  const count = counting();
  const { history, sources } = store;
  expect(await history.listNodeStates(ids)).toHaveLength(40);
  expect(count.take().statements).toBe(1);
  // The number of the run comes first, as with all that is of one run.
  expect(await history.listStatesOf(ids[0] as RunId, [...ids.keys()])).toEqual(new Map());
  expect(count.take().statements).toBe(2);
  expect(await history.findRuns(ids)).toHaveLength(40);
  expect(count.take().statements).toBe(1);
  expect(await store.triggers.listNewestTicks()).toHaveLength(40);
  expect(count.take().statements).toBe(1);
  const { version, flow } = runs[0] as RunRow;
  expect(await sources.countRuns(flow, [version], 30)).toEqual(new Map([[version, { count: 30, newest: ids.at(-1) }]]));
  expect(count.take().statements).toBe(1);
});
