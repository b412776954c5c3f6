import {
  type ArtifactId,
  type AttemptId,
  type EncodedText,
  errorInfo,
  ROOT_ITEM,
  type RunId,
  type StoredValue,
  type TaskRunRow,
  toErrorInfo,
} from "@millrace/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AT_MS, attemptRow, eventRow, item, nextRunId, runRow, taskRunRow } from "../rows.ts";
import { commitTo, type Subject } from "./subject.ts";

const ERROR = toErrorInfo(new Error("outer", { cause: new TypeError("inner") }));

const VALUES: readonly StoredValue[] = [
  { kind: "none" },
  { kind: "inline", text: '"a \u0000 b 🌊 ÿ"' as EncodedText },
  { kind: "inline", text: "" as EncodedText },
  { kind: "inline", text: `"${"x".repeat(64 * 1024 - 2)}"` as EncodedText },
  { kind: "artifact", artifact: "f".repeat(64) as ArtifactId, bytes: 5 * 1024 ** 3 },
];

/** What a commit writes is what a new leader loads. */
export function runsConform(subject: Subject): void {
  describe("a commit", () => {
    test("keeps every field of a run", async () => {
      const root = runRow();
      const run = runRow({
        selection: ["extract", "group/load"],
        trigger: { kind: "flow_run", run: root.id, node: 3, item: item("1.2") },
        idempotencyKey: "once",
        concurrencyKey: "eu",
        taskKeys: ["acme", ""],
        class: "backfill",
        rerunOf: root.id,
        rootRun: root.id,
        startedAtMs: AT_MS + 1,
        endedAtMs: AT_MS + 2,
        state: "failed",
        error: errorInfo("RUN_TIMEOUT", "It took too long", "Give it more time"),
        cancelRequested: true,
      });
      await commitTo(subject, { runs: [root, run] });
      expect((await subject.store.loadRun(root.id)).run).toEqual(root);
      expect((await subject.store.loadRun(run.id)).run).toEqual(run);
    });

    test("replaces what changes of a run", async () => {
      const run = runRow({ state: "queued" });
      await commitTo(subject, { runs: [run] });
      const ended = {
        ...run,
        state: "failed",
        startedAtMs: AT_MS,
        endedAtMs: AT_MS,
        error: ERROR,
        settled: true,
      } as const;
      await commitTo(subject, { runs: [ended] });
      expect((await subject.store.loadRun(run.id)).run).toEqual(ended);
    });

    test("knows the runs that still have work to do, oldest first", async () => {
      const [queued, ended, hooks] = [runRow({ state: "queued" }), runRow(), runRow({ state: "success" })];
      await commitTo(subject, { runs: [queued, ended, hooks] });
      await commitTo(subject, { runs: [{ ...ended, state: "success", settled: true }] });
      expect(await subject.store.unfinishedRuns()).toEqual([queued.id, hooks.id]);
      await expect(subject.store.loadRun(nextRunId())).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
    });

    test("finds a run by its idempotency key, and the newest of its family", async () => {
      const root = runRow({ idempotencyKey: "tick-1" });
      await commitTo(subject, { runs: [root] });
      expect(await subject.store.findRunByIdempotencyKey("tick-1")).toBe(root.id);
      expect(await subject.store.findRunByIdempotencyKey("tick-2")).toBeUndefined();
      expect(await subject.store.newestOfFamily(root.id)).toEqual(root);
      const [first, second] = [1, 2].map(() => runRow({ rootRun: root.id, rerunOf: root.id }));
      await commitTo(subject, { runs: [first, second, runRow()] as never });
      expect(await subject.store.newestOfFamily(root.id)).toEqual(second);
      expect(await subject.store.newestOfFamily(nextRunId())).toBeUndefined();
    });
  });
}

export function idempotencyKeysConform(subject: Subject): void {
  describe("a commit", () => {
    test("makes no second run for an idempotency key, and nothing else of what came with it", async () => {
      const first = runRow({ idempotencyKey: "tick-1" });
      await commitTo(subject, { runs: [first] });
      const second = runRow({ idempotencyKey: "tick-1" });
      await expect(commitTo(subject, { runs: [runRow(), second] })).rejects.toMatchObject({ code: "STORE_FAILED" });
      expect(await subject.store.unfinishedRuns()).toEqual([first.id]);
      await commitTo(subject, { runs: [{ ...first, state: "success" }] });
      expect(await subject.store.findRunByIdempotencyKey("tick-1")).toBe(first.id);
    });
  });
}

export function taskRunsConform(subject: Subject): void {
  describe("a commit", () => {
    test("keeps every field of a task run, hooks and items apart", async () => {
      const run = runRow();
      const taskRuns: TaskRunRow[] = [
        taskRunRow(run.id, {
          state: "deferred",
          tries: 2,
          crashes: 1,
          resumes: 4,
          resumeAtMs: AT_MS + 5,
          carry: '{"offset":3}' as EncodedText,
          waitsFor: { kind: "run", flow: "other", params: "{}" as EncodedText, window: { startMs: 1, endMs: 2 } },
          childRun: nextRunId(),
        }),
        taskRunRow(run.id, { hook: "failure", error: ERROR, endedAtMs: AT_MS }),
        taskRunRow(run.id, { hook: "retry:2", cached: true, reusedFrom: nextRunId() }),
        taskRunRow(run.id, { node: 1, itemCount: 2, waitsFor: { kind: "time", resumeAtMs: AT_MS } }),
        taskRunRow(run.id, { node: 2, item: item("0"), arm: "then" }),
        taskRunRow(run.id, { node: 2, item: item("0.1"), readyAtMs: null, startedAtMs: null }),
        taskRunRow(run.id, { node: -1, hook: "success", state: "success" }),
      ];
      await commitTo(subject, { runs: [run], taskRuns });
      const loaded = await subject.store.loadRun(run.id);
      expect(loaded.taskRuns).toHaveLength(taskRuns.length);
      expect(loaded.taskRuns).toEqual(expect.arrayContaining(taskRuns));
    });

    test("leaves the last written state of each task run, whatever was written before", async () => {
      const key = fc.record({ node: fc.integer({ min: 0, max: 2 }), item: fc.constantFrom(item(""), item("0")) });
      const row = fc.tuple(key, fc.integer({ min: 0, max: 9 }), fc.constantFrom("running", "success", "failed"));
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(row, { maxLength: 5 }), { maxLength: 5 }), async (commits) => {
          const run = runRow();
          await commitTo(subject, { runs: [run] });
          const last = new Map<string, TaskRunRow>();
          for (const rows of commits) {
            const taskRuns = rows.map(([{ node, item }, tries, state]) =>
              taskRunRow(run.id, { node, item, tries, state: state as TaskRunRow["state"] }),
            );
            for (const taskRun of taskRuns) last.set(`${taskRun.node}/${taskRun.item}`, taskRun);
            await commitTo(subject, { taskRuns });
          }
          const { taskRuns } = await subject.store.loadRun(run.id);
          expect(new Map(taskRuns.map((taskRun) => [`${taskRun.node}/${taskRun.item}`, taskRun]))).toEqual(last);
        }),
        { numRuns: 25 },
      );
    });
  });
}

export function attemptsConform(subject: Subject): void {
  describe("a commit", () => {
    test("tells a new leader which attempts have no end", async () => {
      const run = runRow();
      const other = runRow();
      const live = [
        attemptRow(run.id, 2, { number: 2, state: "stopping" }),
        attemptRow(run.id, 3, { hook: "success" }),
      ];
      await commitTo(subject, {
        runs: [run, other],
        attempts: [attemptRow(run.id, 1), ...live, attemptRow(other.id, 4)],
      });
      await commitTo(subject, {
        attempts: [attemptRow(run.id, 1, { state: "failed", endedAtMs: AT_MS, error: ERROR })],
      });
      expect((await subject.store.loadRun(run.id)).liveAttempts).toEqual(live);
      expect((await subject.store.history.listAttempts(run.id))[0]?.error).toEqual(ERROR);
    });

    test("tells a new leader how often each task run was tried, hooks apart", async () => {
      const run = runRow();
      const other = runRow();
      const ended = { state: "lost", endedAtMs: AT_MS } as const;
      await commitTo(subject, {
        runs: [run, other],
        attempts: [
          attemptRow(run.id, 1, ended),
          attemptRow(run.id, 2, { ...ended, number: 2 }),
          attemptRow(run.id, 3, { hook: "success" }),
          attemptRow(other.id, 4, { number: 9 }),
        ],
      });
      const { node, item } = attemptRow(run.id, 1);
      expect((await subject.store.loadRun(run.id)).lastAttempts).toEqual([
        { node, item, hook: "", number: 2 },
        { node, item, hook: "success", number: 1 },
      ]);
    });

    test("moves the largest attempt id, which never falls", async () => {
      expect(await subject.store.lastAttemptId()).toBe(0);
      const run = runRow();
      await commitTo(subject, { runs: [run], attempts: [attemptRow(run.id, 7), attemptRow(run.id, 6)] });
      await commitTo(subject, { attempts: [attemptRow(run.id, 6, { state: "success", endedAtMs: AT_MS })] });
      expect(await subject.store.lastAttemptId()).toBe(7);
      expect(await (await subject.openOther()).lastAttemptId()).toBe(7);
    });
  });
}

export function outputsConform(subject: Subject): void {
  describe("a commit", () => {
    test.each(VALUES)("keeps an output of kind $kind", async (value) => {
      const run = runRow();
      const output = { run: run.id, node: 4, item: ROOT_ITEM };
      await commitTo(subject, {
        runs: [run],
        outputs: [{ ...output, value: { kind: "inline", text: "1" as EncodedText } }],
      });
      await commitTo(subject, { outputs: [{ ...output, value }] });
      expect(await subject.store.findOutput(run.id, 4, ROOT_ITEM)).toEqual(value);
      expect(await subject.store.findOutput(run.id, 4, item("0"))).toBeUndefined();
      expect(await subject.store.findOutput(nextRunId(), 4, ROOT_ITEM)).toBeUndefined();
    });

    test("gives back the outputs of all items of a node, and of no other", async () => {
      const run = runRow();
      const value = (text: string): StoredValue => ({ kind: "inline", text: text as EncodedText });
      const outputs = ["0", "1", "10", "2.5"].map((path) => ({
        run: run.id,
        node: 2,
        item: item(path),
        value: value(path),
      }));
      await commitTo(subject, {
        runs: [run],
        outputs: [...outputs, { run: run.id, node: 3, item: item("0"), value: value("3") }],
      });
      const found = new Map(await subject.store.findOutputs(run.id, 2));
      expect(found).toEqual(new Map(outputs.map((output) => [output.item, output.value])));
    });

    test("keeps the newest cache entry of a key", async () => {
      const entry = { key: "k", value: VALUES[0] as StoredValue, run: nextRunId(), createdAtMs: AT_MS };
      await commitTo(subject, { cacheEntries: [entry] });
      expect(await subject.store.findCacheEntry("k")).toEqual(entry);
      for (const value of VALUES) {
        const newer = { ...entry, value, run: nextRunId(), createdAtMs: AT_MS + 1 };
        await commitTo(subject, { cacheEntries: [newer] });
        expect(await subject.store.findCacheEntry("k")).toEqual(newer);
      }
      expect(await subject.store.findCacheEntry("other")).toBeUndefined();
    });
  });
}

export function commitsConform(subject: Subject): void {
  describe("a commit", () => {
    test("is all or nothing, and the next one works", async () => {
      const run = runRow();
      const stranger = "0".repeat(26) as RunId;
      const bad = { runs: [run], events: [eventRow(run.id), eventRow(stranger)] };
      await expect(commitTo(subject, bad)).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
      expect(await subject.store.unfinishedRuns()).toEqual([]);
      expect(await subject.store.history.lastEventSeq()).toBe(0);
      await commitTo(subject, { runs: [run], events: [eventRow(run.id, { attempt: 3 as AttemptId })] });
      expect(await subject.store.unfinishedRuns()).toEqual([run.id]);
      expect(await subject.store.history.listEvents(run.id, 0, 9)).toHaveLength(1);
    });

    test("of nothing is fine", async () => {
      await commitTo(subject, {});
      expect(await subject.store.unfinishedRuns()).toEqual([]);
    });
  });
}
