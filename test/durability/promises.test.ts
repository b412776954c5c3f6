// An instrument that finds nothing must be able to find something: each promise is broken here, in the books of a real
// run that kept them all.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startMillrace } from "./command.ts";
import { type JournalLine, readJournal } from "./journal.ts";
import {
  brokenInvariants,
  lostAcknowledgements,
  overlappingServers,
  repeatedWork,
  unfinishedBusiness,
  workAfterSuccess,
} from "./promises.ts";
import { finishedKeys, type RunSnapshot, type Snapshot, takeSnapshot } from "./snapshot.ts";
import { millTrial } from "./trial.ts";

const trial = millTrial(20);
const dir = mkdtempSync(path.join(tmpdir(), "durability-"));
let snapshot: Snapshot;
let journal: readonly JournalLine[];

beforeAll(async () => {
  trial.prepare(dir);
  const file = path.join(dir, "journal");
  await startMillrace({ dir, env: { DURABILITY_JOURNAL: file } }, trial.args).ended;
  snapshot = await takeSnapshot(path.join(dir, ".millrace/millrace.db"));
  journal = readJournal(file);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The books with another version of the main run. */
function changedRun(change: (run: RunSnapshot) => Partial<RunSnapshot>): Snapshot {
  return {
    ...snapshot,
    runs: snapshot.runs.map((run) => (run.run.flow === "mill" ? { ...run, ...change(run) } : run)),
  };
}

describe("the books of a run", () => {
  test("are in order when nothing went wrong", () => {
    expect(snapshot.runs.map(({ run }) => run.flow).sort()).toEqual(["child", "mill"]);
    expect(journal.length).toBeGreaterThan(200);
    expect(unfinishedBusiness(snapshot, journal)).toEqual([]);
    expect(overlappingServers(journal)).toEqual([]);
    expect(workAfterSuccess(snapshot, journal)).toEqual([]);
    expect(brokenInvariants(snapshot)).toEqual([]);
    expect(trial.check(dir, snapshot)).toEqual([]);
  });

  test.each<[string, (run: RunSnapshot) => Partial<RunSnapshot>, RegExp]>([
    ["a run that goes on", ({ run }) => ({ run: { ...run, state: "running" } }), /is running/],
    [
      "a task run that failed",
      ({ taskRuns }) => ({ taskRuns: taskRuns.map((row) => ({ ...row, state: "failed" })) }),
      /is failed/,
    ],
    [
      "an attempt without an end",
      ({ attempts }) => ({ attempts: attempts.map((row) => ({ ...row, endedAtMs: null })) }),
      /has no end/,
    ],
    [
      "an attempt that is there twice",
      ({ attempts }) => ({ attempts: [...attempts, ...attempts] }),
      /2 successful attempts/,
    ],
    ["an end that is told twice", ({ events }) => ({ events: [...events, ...events] }), /was said 2 times/],
    ["an end that is not told", () => ({ events: [] }), /was never said/],
    ["work without an attempt", () => ({ attempts: [] }), /ran, and no attempt says so/],
    ["a lost value", () => ({ output: "1" }), /gave 1, not/],
  ])("show %s", (_, change, found) => {
    const changed = changedRun(change);
    const problems = [...unfinishedBusiness(changed, journal), ...trial.check(dir, changed)];
    expect(problems.join("\n")).toMatch(found);
  });

  test("show work that was done twice, by whom it was, and what was told but not kept", () => {
    const finished = finishedKeys(snapshot);
    expect(repeatedWork(finished, journal.slice(0, 1))).toHaveLength(1);
    const [first] = journal as [JournalLine];
    expect(workAfterSuccess(snapshot, [{ ...first, atMs: Date.now() }])).toHaveLength(1);
    expect(brokenInvariants(changedRun(() => ({ attempts: [] })))).not.toEqual([]);
    const successor = { ...first, server: first.server + 1 };
    expect(overlappingServers([first, successor, first])).toHaveLength(1);
    expect(unfinishedBusiness(snapshot, [...journal, first]).join("\n")).toMatch(/ran 2 times, in 1 attempts/);
    const run = snapshot.runs[0]?.run.id;
    const records = [
      { type: "run.started", run: "another" },
      { type: "task.finished", run, task: "nothing", state: "success" },
    ];
    expect(lostAcknowledgements(records, snapshot)).toHaveLength(2);
  });
});
