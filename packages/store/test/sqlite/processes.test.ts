import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT_ITEM } from "@millrace/core";
import { databaseInfo, openSqliteStore } from "@millrace/store";
import { describe, expect, test } from "vitest";
import { changes, command, eventRow, runRow } from "../rows.ts";
import { ended, kill, storeChildren } from "../store-children.ts";
import { temporaryFolders } from "../temporary-folder.ts";

const makeFolder = temporaryFolders();
const start = storeChildren();

/** Starts the committing child and kills it when it has acknowledged so many commits; gives the last of them. */
async function acknowledgedBeforeKill(path: string, first: number, commits: number): Promise<number> {
  const child = start("commit-until-killed", [`sqlite:${path}`, String(first)]);
  let last = first - 1;
  for await (const line of createInterface({ input: child.stdout })) {
    // Lines that were in the pipe when the child died were acknowledged too.
    last = Number(line);
    if (last === first + commits - 1) child.kill("SIGKILL");
  }
  await kill(child);
  return last;
}

describe("kill -9 of a leader", () => {
  test("loses nothing that was acknowledged, and leaves nothing half done", async () => {
    const path = join(makeFolder(), "millrace.db");
    let written = 0;
    for (const commits of [1, 2, 5, 13, 40, 100]) {
      const last = await acknowledgedBeforeKill(path, written, commits);
      expect(last).toBeGreaterThanOrEqual(written + commits - 1);
      const store = await openSqliteStore({ path });
      const runs = await store.unfinishedRuns();
      // One commit may have been durable before its acknowledgement was out.
      expect([last + 1, last + 2]).toContain(runs.length);
      for (const [number, run] of runs.entries()) {
        const { taskRuns, liveAttempts } = await store.loadRun(run);
        expect(taskRuns.map((taskRun) => taskRun.tries)).toEqual([number]);
        expect(liveAttempts.map((attempt) => attempt.id)).toEqual([number + 1]);
        expect(await store.findOutput(run, 0, ROOT_ITEM)).toEqual({
          kind: "inline",
          text: `"${"x".repeat(number * 10)}"`,
        });
      }
      expect(await store.history.lastEventSeq()).toBe(runs.length * 2);
      expect(await store.history.listEvents(null, 0, 10_000)).toHaveLength(runs.length * 2);
      await store.close();
      expect((await databaseInfo(path)).problems).toEqual([]);
      written = runs.length;
    }
  });

  test("frees its place at once, and its epoch is over", async () => {
    const path = join(makeFolder(), "millrace.db");
    const store = await openSqliteStore({ path });
    const child = start("commit-until-killed", [`sqlite:${path}`]);
    await once(child.stdout, "data");
    expect(await store.lead("too early")).toBeUndefined();
    await kill(child);
    expect((await store.lead("heir"))?.epoch).toBe(2);
    await store.close();
  });
});

describe("several processes", () => {
  test("lead one at a time, each in an epoch of its own", async () => {
    const path = join(makeFolder(), "millrace.db");
    const store = await openSqliteStore({ path });
    const run = runRow();
    const leadership = await store.lead("test");
    await store.commit(leadership?.epoch as never, changes({ runs: [run] }));
    await leadership?.release();
    const contenders = [1, 2, 3].map(() => start("take-turns", [`sqlite:${path}`, run.id, "20"]));
    const codes = await Promise.all(contenders.map(ended));
    expect(codes).toEqual([0, 0, 0]);
    const marks = await store.history.listEvents(run.id, 0, 1_000);
    expect(marks).toHaveLength(120);
    for (let turn = 0; turn < 60; turn += 1) {
      const [comes, goes] = marks.slice(turn * 2, turn * 2 + 2);
      expect(comes).toMatchObject({ data: "comes", attempt: turn + 2 });
      expect(goes).toMatchObject({ data: "goes", attempt: turn + 2, node: comes?.node });
    }
    await store.close();
  });

  test("may make one database at the same moment", async () => {
    const path = join(makeFolder(), "deep", "folder", "millrace.db");
    const makers = [1, 2, 3, 4].map(() => start("send-command", [`sqlite:${path}`]));
    const codes = await Promise.all(makers.map(ended));
    expect(codes).toEqual([0, 0, 0, 0]);
    const store = await openSqliteStore({ path });
    const sent = (await store.pendingCommands(10)).map((pending) => Number(pending.id));
    expect(new Set(sent)).toEqual(new Set(makers.map((child) => child.pid)));
    await store.close();
  });

  test("are noticed by those who watch", async () => {
    const path = join(makeFolder(), "millrace.db");
    const store = await openSqliteStore({ path });
    const noticed = Promise.withResolvers<void>();
    store.watch(noticed.resolve);
    const child = start("send-command", [`sqlite:${path}`]);
    await noticed.promise;
    await once(child, "exit");
    expect(await store.pendingCommands(10)).toMatchObject([{ id: String(child.pid) }]);
    await store.close();
  });
});

describe("a leader whose lock was taken from under it", () => {
  test("is refused by its epoch, and nothing of its commit is kept", async () => {
    const path = join(makeFolder(), "millrace.db");
    const [old, heir] = [await openSqliteStore({ path }), await openSqliteStore({ path })];
    const oldEpoch = (await old.lead("old"))?.epoch as never;
    const run = runRow();
    await old.commit(oldEpoch, changes({ runs: [run] }));
    rmSync(`${path}-leader`);
    const heirEpoch = (await heir.lead("heir"))?.epoch as never;
    const late = changes({ events: [eventRow(run.id)], runs: [runRow()] });
    await expect(old.commit(oldEpoch, late)).rejects.toMatchObject({ code: "LEADERSHIP_LOST" });
    expect(await heir.unfinishedRuns()).toEqual([run.id]);
    await heir.commit(heirEpoch, changes({ events: [eventRow(run.id)] }));
    expect(await heir.history.lastEventSeq()).toBe(1);
    // Everything but leading is still open to it.
    await old.insertCommand(command("from the old one"));
    expect(await heir.pendingCommands(1)).toHaveLength(1);
    await old.close();
    await heir.close();
  });
});
