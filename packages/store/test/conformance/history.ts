import {
  type AttemptId,
  type DataReport,
  type ReportRow,
  ROOT_ITEM,
  type RunId,
  type RunRow,
  type TaskRunRow,
} from "@millrace/core";
import { describe, expect, test } from "vitest";
import { AT_MS, attemptRow, eventRow, item, nextRunId, runRow, taskRunRow } from "../rows.ts";
import { commitTo, type Subject } from "./subject.ts";

const REPORTS: readonly DataReport[] = [
  {
    kind: "materialization",
    asset: "warehouse/orders",
    dataVersion: "v7",
    metadata: { rows: { type: "int", value: 42 } },
  },
  { kind: "check", asset: null, check: "not empty", passed: false, severity: "warn", metadata: {} },
  { kind: "custom", payload: { anything: [1, null, "x"] } },
];

export function listsOfRunsConform(subject: Subject): void {
  describe("the list of runs", () => {
    const ids = async (filter: Parameters<Subject["store"]["history"]["listRuns"]>[0]) =>
      (await subject.store.history.listRuns(filter)).map((run) => run.id);

    async function twelveRuns(): Promise<RunId[]> {
      const states = ["success", "failed", "running"] as const;
      const runs = Array.from({ length: 12 }, (_, index) =>
        runRow({ flow: index % 2 === 0 ? "even" : "odd", state: states[index % 3] as RunRow["state"] }),
      );
      for (const run of runs) await commitTo(subject, { runs: [run] });
      return runs.map((run) => run.id);
    }

    test("is the newest first, by page, until there are no more", async () => {
      const made = await twelveRuns();
      const pages: RunId[][] = [];
      for (let before: RunId | undefined; pages.length === 0 || before !== undefined; ) {
        const page = await ids(before === undefined ? { limit: 5 } : { limit: 5, before });
        pages.push(page);
        before = page.at(-1);
      }
      expect(pages.map((page) => page.length)).toEqual([5, 5, 2, 0]);
      expect(pages.flat()).toEqual(made.toReversed());
    });

    test("is of one flow, of some states, or of both", async () => {
      const made = await twelveRuns();
      const newest = (wanted: (index: number) => boolean) => made.filter((_, index) => wanted(index)).toReversed();
      expect(await ids({ flow: "even", limit: 99 })).toEqual(newest((index) => index % 2 === 0));
      expect(await ids({ states: ["failed"], limit: 99 })).toEqual(newest((index) => index % 3 === 1));
      const failedOrSuccess = newest((index) => index % 3 !== 2);
      expect(await ids({ states: ["failed", "success", "failed"], limit: 3 })).toEqual(failedOrSuccess.slice(0, 3));
      expect(await ids({ flow: "odd", states: ["running"], limit: 1 })).toEqual([made[11]]);
      expect(await ids({ flow: "odd", states: ["running"], limit: 9, before: made[11] as RunId })).toEqual([made[5]]);
      expect(await ids({ flow: "neither", limit: 9 })).toEqual([]);
      expect(await ids({ states: [], limit: 9 })).toEqual([]);
    });

    test("goes on after a run that is not there any more", async () => {
      const older = runRow();
      const gone = nextRunId();
      await commitTo(subject, { runs: [older, runRow()] });
      expect(await ids({ limit: 9, before: gone })).toEqual([older.id]);
    });
  });
}

export function runsAreFound(subject: Subject): void {
  describe("a run", () => {
    const runs = ["01AAAAAAAA0000000000000001", "01AAAAAAAB0000000000000002", "01BBBBBBBB0000000000XYZW02"].map((id) =>
      runRow({ id: id as RunId }),
    );
    const [first, second, third] = runs as [RunRow, RunRow, RunRow];

    test("is found by its id, or by a beginning or an end that only it has", async () => {
      await commitTo(subject, { runs });
      expect(await subject.store.history.findRun(second.id)).toEqual(second);
      expect(await subject.store.history.findRun("01BB")).toEqual(third);
      expect(await subject.store.history.findRun("01aaaaaaab")).toEqual(second);
      expect(await subject.store.history.findRun("0001")).toEqual(first);
      expect(await subject.store.history.findRun(" xyzw02 ")).toEqual(third);
    });

    test("is found with others by their ids, each once", async () => {
      await commitTo(subject, { runs });
      const { history } = subject.store;
      const found = await history.findRuns([third.id, nextRunId(), first.id]);
      expect(found.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([first, third]);
      expect(await history.findRuns([])).toEqual([]);
    });

    test("is not found by what no run has", async () => {
      await commitTo(subject, { runs });
      expect(await subject.store.history.findRun("9999")).toBeUndefined();
      expect(await subject.store.history.findRun("%0001")).toBeUndefined();
      expect(await subject.store.history.findRun("____")).toBeUndefined();
      expect(await subject.store.history.findRun(nextRunId())).toBeUndefined();
    });

    test("that a part of an id leaves open is asked back for, with the candidates", async () => {
      await commitTo(subject, { runs });
      await expect(subject.store.history.findRun("01AA")).rejects.toMatchObject({
        code: "USAGE",
        message: `"01AA" names several runs: ${second.id}, ${first.id}.`,
      });
      // The beginning of one and the end of another is ambiguous too.
      const both = runRow({ id: "0001AAAAAAAAAAAAAAAAAAAAAA" as RunId });
      await commitTo(subject, { runs: [both] });
      await expect(subject.store.history.findRun("0001")).rejects.toThrow(
        /0001AAAAAAAAAAAAAAAAAAAAAA, 01AAAAAAAA0000000000000001/,
      );
      await expect(subject.store.history.findRun("001")).rejects.toMatchObject({ code: "USAGE" });
    });
  });
}

export function runsAreShown(subject: Subject): void {
  describe("a run", () => {
    test("shows its task runs, attempts and reports, and a run that is not there shows none", async () => {
      const [run, other] = [runRow(), runRow()];
      const taskRuns = [taskRunRow(run.id), taskRunRow(run.id, { node: 1, state: "skipped" })];
      const attempts = [
        attemptRow(run.id, 1, {
          state: "success",
          endedAtMs: AT_MS,
          place: { worker: 'night "2"', host: "db3", pid: 4_711 },
        }),
        attemptRow(run.id, 3),
      ];
      const reports = REPORTS.map((data) => ({
        run: run.id,
        node: 0,
        item: ROOT_ITEM,
        attempt: 1 as AttemptId,
        atMs: AT_MS,
        data,
      }));
      await commitTo(subject, {
        runs: [run, other],
        taskRuns,
        attempts: [...attempts, attemptRow(other.id, 2)],
        reports,
      });
      expect(await subject.store.history.listTaskRuns(run.id)).toEqual(taskRuns);
      expect(await subject.store.history.listAttempts(run.id)).toEqual(attempts);
      expect(await subject.store.history.listReports(run.id)).toEqual(reports);
      const nobody = nextRunId();
      expect(await subject.store.history.listTaskRuns(nobody)).toEqual([]);
      expect(await subject.store.history.listAttempts(nobody)).toEqual([]);
      expect(await subject.store.history.listReports(nobody)).toEqual([]);
      expect(await subject.store.history.listEvents(nobody, 0, 9)).toEqual([]);
    });
  });
}

export function askedConforms(subject: Subject): void {
  describe("what people are asked", () => {
    const until = {
      kind: "approval",
      message: 'a "decision":{ or "kind":"approval"',
      deadlineMs: null,
      onDeadline: "fail",
    } as const;
    const decision = { decision: "approved", by: "ada", comment: "seen", atMs: AT_MS } as const;

    test("is listed over all runs, by page, and apart from what was decided", async () => {
      const [one, other] = [runRow(), runRow()];
      const wait = { kind: "time", resumeAtMs: AT_MS } as const;
      const waiting = [
        taskRunRow(other.id, { node: 2, item: item("1"), state: "deferred", waitsFor: until }),
        taskRunRow(other.id, { node: 2, item: item("0"), state: "deferred", waitsFor: until }),
        taskRunRow(one.id, { node: 0, state: "deferred", waitsFor: until }),
      ];
      const decided = [
        taskRunRow(other.id, { node: 3, state: "ready", waitsFor: { ...until, decision } }),
        taskRunRow(one.id, { node: 1, state: "success", waitsFor: { ...until, decision: { ...decision, by: null } } }),
      ];
      await commitTo(subject, {
        runs: [one, other],
        taskRuns: [
          ...waiting,
          ...decided,
          taskRunRow(one.id, { node: 5, state: "cancelled", waitsFor: until }),
          taskRunRow(one.id, { node: 6, state: "deferred", waitsFor: wait }),
          taskRunRow(other.id, { node: 7, state: "success" }),
        ],
      });
      const { history } = subject.store;
      expect(await history.listAsked({ which: "waiting", limit: 9 })).toEqual(waiting);
      expect(await history.listAsked({ which: "decided", limit: 9 })).toEqual(decided);
      for (const [place, before] of waiting.entries()) {
        const page = await history.listAsked({ which: "waiting", before, limit: 1 });
        expect([place, page]).toEqual([place, waiting.slice(place + 1, place + 2)]);
      }
    });
  });
}

/** A run with mapped items, hooks, attempts and reports, and beside it one that has none. */
async function largeRun(subject: Subject) {
  const run = runRow();
  const taskRuns = [
    taskRunRow(run.id, { node: -1, hook: "failure" }),
    taskRunRow(run.id, { node: 0, state: "success" }),
    taskRunRow(run.id, { node: 1, item: item("0"), state: "failed" }),
    taskRunRow(run.id, { node: 1, item: item("1"), state: "success" }),
    taskRunRow(run.id, { node: 1, item: item("1"), hook: "failure", state: "success" }),
    taskRunRow(run.id, { node: 1, item: item("10"), state: "failed" }),
    taskRunRow(run.id, { node: 1, item: item("2"), state: "skipped" }),
    taskRunRow(run.id, { node: 2, state: "failed" }),
  ];
  const attempts = [3, 4, 7, 9].map((id) => attemptRow(run.id, id));
  const reports = REPORTS.map((data) => ({ ...reportRow(run.id), data }));
  const other = runRow();
  await commitTo(subject, { runs: [run, other], taskRuns: taskRuns.toReversed(), attempts, reports });
  return { run: run.id, taskRuns, attempts, reports };
}

export function pagesOfRunsConform(subject: Subject): void {
  describe("what a run has", () => {
    test("comes by page, each after the last of the one before", async () => {
      const { run, taskRuns, attempts, reports } = await largeRun(subject);
      const { history } = subject.store;
      expect(await history.listTaskRuns(run, { limit: 3 })).toEqual(taskRuns.slice(0, 3));
      for (const [place, after] of taskRuns.entries()) {
        const page = await history.listTaskRuns(run, { after, limit: 3 });
        expect([place, page]).toEqual([place, taskRuns.slice(place + 1, place + 4)]);
      }
      // A place that nobody has is a place all the same.
      const between = { node: 1, item: item("1"), hook: "success" } as const;
      expect(await history.listTaskRuns(run, { after: between, limit: 1 })).toEqual([taskRuns[5]]);
      expect(await history.listAttempts(run, { limit: 2 })).toEqual(attempts.slice(0, 2));
      expect(await history.listAttempts(run, { after: 4 as AttemptId, limit: 9 })).toEqual(attempts.slice(2));
      expect(await history.listReports(run, { limit: 2 })).toEqual(reports.slice(0, 2));
      expect(await history.listReports(run, { skip: 1, limit: 1 })).toEqual(reports.slice(1, 2));
      const nobody = nextRunId();
      expect(await history.listTaskRuns(nobody, { limit: 9 })).toEqual([]);
      expect(await history.listAttempts(nobody, { limit: 9 })).toEqual([]);
      expect(await history.listReports(nobody, { limit: 9 })).toEqual([]);
    });

    test("has a task run with its hooks and attempts at each place, and nothing at others", async () => {
      const { run, taskRuns } = await largeRun(subject);
      const { history } = subject.store;
      const attempts = await history.listAttempts(run);
      for (const { node, item: own } of taskRuns) {
        const isThere = (row: { readonly node: number; readonly item: string }) =>
          row.node === node && row.item === own;
        expect(await history.listTaskRunsAt(run, node, own)).toEqual(taskRuns.filter(isThere));
        expect(await history.listAttemptsAt(run, node, own)).toEqual(attempts.filter(isThere));
      }
      expect(await history.listTaskRunsAt(run, 77, ROOT_ITEM)).toEqual([]);
      expect(await history.listAttemptsAt(nextRunId(), 0, ROOT_ITEM)).toEqual([]);
    });

    test("comes by page and state", async () => {
      const { run, taskRuns } = await largeRun(subject);
      const { history } = subject.store;
      const inStates = (...states: TaskRunRow["state"][]) => taskRuns.filter(({ state }) => states.includes(state));
      expect(await history.listTaskRuns(run, { states: ["failed"], limit: 9 })).toEqual(inStates("failed"));
      const both = inStates("failed", "skipped");
      expect(await history.listTaskRuns(run, { states: ["skipped", "failed", "skipped"], limit: 3 })).toEqual(
        both.slice(0, 3),
      );
      const after = both[1] as TaskRunRow;
      expect(await history.listTaskRuns(run, { states: ["failed", "skipped"], after, limit: 9 })).toEqual(
        both.slice(2),
      );
      expect(await history.listTaskRuns(run, { states: [], limit: 9 })).toEqual([]);
    });
  });
}

export function nodeStatesConform(subject: Subject): void {
  describe("the nodes of a run", () => {
    test("are shown by state, the most urgent of a node's items", async () => {
      const { run } = await largeRun(subject);
      const shown = await subject.store.history.listNodeStates([nextRunId(), run]);
      const sorted = shown.map((nodes) =>
        Object.fromEntries(Object.entries(nodes).map(([state, of]) => [state, of.toSorted((a, b) => a - b)])),
      );
      expect(sorted).toEqual([{}, { success: [0], failed: [1, 2] }]);
      const other = (await largeRun(subject)).run;
      const both = await subject.store.history.listNodeStates([other, run]);
      expect(both.map(({ success }) => success)).toEqual([[0], [0]]);
      expect(await subject.store.history.listNodeStates([])).toEqual([]);
    });

    test("have each its state, of some of them, and none where they have not begun", async () => {
      const { run } = await largeRun(subject);
      const { history } = subject.store;
      expect(await history.listStatesOf(run, [2, 0, 77])).toEqual(
        new Map([
          [0, "success"],
          [2, "failed"],
        ]),
      );
      expect(await history.listStatesOf(run, [1])).toEqual(new Map([[1, "failed"]]));
      expect(await history.listStatesOf(run, [77])).toEqual(new Map());
      expect(await history.listStatesOf(nextRunId(), [0])).toEqual(new Map());
    });
  });
}

export function taskTimesConform(subject: Subject): void {
  describe("the times that a task took", () => {
    test("are told of a run and of the runs of the flow before it", async () => {
      const made: RunRow[] = [];
      for (let index = 0; index < 5; index += 1) {
        const run = runRow({ flow: index === 2 ? "other" : "timed" });
        made.push(run);
        const own = taskRunRow(run.id, { node: 1, startedAtMs: AT_MS, endedAtMs: AT_MS + index, cached: index === 1 });
        const taskRuns = [taskRunRow(run.id, { node: 0 }), ...(index === 3 ? [] : [own])];
        await commitTo(subject, { runs: [run], taskRuns });
      }
      const [first, second, other, without] = made as [RunRow, RunRow, RunRow, RunRow];
      const page = { flow: "timed", node: 1, item: ROOT_ITEM };
      const times = await subject.store.history.listTaskTimes({ ...page, run: without.id, limit: 2 });
      expect(times.map(({ run, taskRun }) => [run, taskRun?.endedAtMs, taskRun?.cached])).toEqual([
        [without.id, undefined, undefined],
        [second.id, AT_MS + 1, true],
      ]);
      const all = await subject.store.history.listTaskTimes({ ...page, run: without.id, limit: 9 });
      expect(all.map(({ run }) => run)).toEqual([without.id, second.id, first.id]);
      expect(all.at(-1)).toMatchObject({ version: first.version, createdAtMs: first.createdAtMs });
      expect(
        await subject.store.history.listTaskTimes({ ...page, flow: "other", run: other.id, limit: 9 }),
      ).toHaveLength(1);
      expect(await subject.store.history.listTaskTimes({ ...page, run: nextRunId(), limit: 9 })).toEqual([]);
    });

    test("is among the newest of its flow", async () => {
      const made: RunRow[] = [];
      for (let index = 0; index < 5; index += 1) {
        const isEnded = index % 2 === 0;
        made.push(
          runRow({
            flow: index === 3 ? "at a glance, too" : "at a glance",
            state: isEnded ? "success" : "running",
            startedAtMs: index === 4 ? null : AT_MS + index,
            endedAtMs: isEnded ? AT_MS + 10 : null,
            selection: index === 1 ? ["load"] : null,
            rerunOf: index === 2 ? (made[0]?.id ?? null) : null,
          }),
        );
        await commitTo(subject, { runs: made.slice(-1) });
      }
      const brief = ({ id, state, createdAtMs, startedAtMs, endedAtMs }: RunRow, index: number) => ({
        id,
        state,
        createdAtMs,
        startedAtMs,
        endedAtMs,
        isPart: index === 1 || index === 2,
      });
      const [first, second, third, other, fifth] = made.map(brief);
      const of = async (each: number) =>
        (await subject.store.history.listNewestRuns(each)).filter(({ flow }) => flow.startsWith("at a glance"));
      expect(await of(9)).toEqual([
        { flow: "at a glance", runs: [fifth, third, second, first] },
        { flow: "at a glance, too", runs: [other] },
      ]);
      expect((await of(2)).map(({ runs }) => runs)).toEqual([[fifth, third], [other]]);
    });
  });
}

function reportRow(run: RunId): Omit<ReportRow, "data"> {
  return { run, node: 0, item: ROOT_ITEM, attempt: 3 as AttemptId, atMs: AT_MS };
}

export function eventsConform(subject: Subject): void {
  describe("the events", () => {
    test("are numbered without gaps over all runs, also after a commit that failed", async () => {
      const [run, other] = [runRow(), runRow()];
      const events = [
        eventRow(run.id, { type: "run.started", node: -1 }),
        eventRow(other.id, { type: "run.started", node: -1 }),
        eventRow(run.id, { attempt: 9 as AttemptId, data: '{"state":"success"}' }),
      ];
      expect(await subject.store.history.lastEventSeq()).toBe(0);
      await commitTo(subject, { runs: [run, other], events: events.slice(0, 2) });
      await expect(commitTo(subject, { events: [eventRow(run.id), eventRow(nextRunId())] })).rejects.toThrow(/no run/);
      await commitTo(subject, { events: events.slice(2) });
      const stored = events.map((event, index) => ({ ...event, seq: index + 1 }));
      expect(await subject.store.history.listEvents(null, 0, 99)).toEqual(stored);
      expect(await subject.store.history.listEvents(null, 1, 1)).toEqual([stored[1]]);
      expect(await subject.store.history.listEvents(run.id, 0, 99)).toEqual([stored[0], stored[2]]);
      expect(await subject.store.history.listEvents(run.id, 1, 99)).toEqual([stored[2]]);
      expect(await subject.store.history.lastEventSeq()).toBe(3);
      expect(await (await subject.openOther()).history.lastEventSeq()).toBe(3);
    });
  });
}
