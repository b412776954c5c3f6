import type { ArtifactId, CommandAnswer, DataReport, RunId, RunRow, StoredValue, VersionId } from "@millrace/core";
import { ROOT_ITEM } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { AT_MS, attemptRow, command, eventRow, item, nextRunId, runRow, taskRunRow } from "../rows.ts";
import { tickRow } from "../time-rows.ts";
import { commitTo, type Subject } from "./subject.ts";

const LATER_MS = AT_MS + 1_000_000;
const BIG = "b".repeat(64) as ArtifactId;
const OTHER = "c".repeat(64) as ArtifactId;

function ended(changed: Partial<RunRow> = {}): RunRow {
  return runRow({ state: "success", endedAtMs: AT_MS + 10, settled: true, ...changed });
}

function artifact(id: ArtifactId): StoredValue {
  return { kind: "artifact", artifact: id, bytes: 70_000 };
}

/** A run with a row in every table. */
async function writeRun(subject: Subject, row: RunRow, options: { tasks?: number; value?: StoredValue } = {}) {
  const { tasks = 1, value = { kind: "none" } } = options;
  const nodes = Array.from({ length: tasks }, (_, node) => node);
  const first = (await subject.store.lastAttemptId()) + 1;
  await commitTo(subject, {
    runs: [row],
    taskRuns: nodes.map((node) => taskRunRow(row.id, { node, state: "success" })),
    attempts: nodes.map((node) => attemptRow(row.id, first + node, { node, state: "success", endedAtMs: AT_MS })),
    outputs: nodes.map((node) => ({ run: row.id, node, item: ROOT_ITEM, value })),
    events: nodes.map((node) => eventRow(row.id, { node })),
  });
}

async function sweepAll({ store }: Subject): Promise<number> {
  let removed = 0;
  for (let rows = await store.upkeep.sweep(LATER_MS); rows > 0; rows = await store.upkeep.sweep(LATER_MS)) {
    removed += rows;
  }
  return removed;
}

export function forgettingConforms(subject: Subject): void {
  const forget = (...roots: RunId[]) => subject.store.upkeep.forgetRuns(subject.leadership.epoch, roots, LATER_MS);

  describe("forgetting runs", () => {
    test("takes a family whole out of everything that is read, and leaves others as they are", async () => {
      const root = ended();
      const rerun = ended({ rerunOf: root.id, rootRun: root.id, idempotencyKey: "again" });
      const other = ended();
      for (const row of [root, rerun, other]) await writeRun(subject, row, { tasks: 3 });
      const { store } = subject;
      const kept = await store.loadRun(other.id);
      const seq = await store.history.lastEventSeq();
      expect(await forget(root.id)).toEqual([root.id, rerun.id]);
      expect(await store.history.findRun(root.id)).toBeUndefined();
      expect(await store.findRunByIdempotencyKey("again")).toBeUndefined();
      expect((await store.history.listRuns({ limit: 10 })).map(({ id }) => id)).toEqual([other.id]);
      expect(await store.history.listTaskRuns(root.id)).toEqual([]);
      expect((await store.history.listEvents(null, 0, 100)).every(({ run }) => run === other.id)).toBe(true);
      await expect(store.loadRun(rerun.id)).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
      // Three task runs, attempts, outputs and events of two runs, and each run once more.
      expect(await sweepAll(subject)).toBe(26);
      expect(await store.loadRun(other.id)).toEqual(kept);
      // Numbers that were given are never given again.
      expect(await store.history.lastEventSeq()).toBe(seq);
      expect(await store.lastAttemptId()).toBe(9);
    });

    test("leaves what has work, what is not there, and reruns without their root", async () => {
      const running = runRow();
      const root = ended();
      const rerun = runRow({ rerunOf: root.id, rootRun: root.id });
      await commitTo(subject, { runs: [running, root, rerun] });
      expect(await forget(running.id, root.id, rerun.id, nextRunId())).toEqual([]);
      expect(await subject.store.unfinishedRuns()).toEqual([running.id, rerun.id]);
      expect(await sweepAll(subject)).toBe(0);
    });

    test("is for the leader alone, and may be done twice", async () => {
      const run = ended();
      await commitTo(subject, { runs: [run] });
      const stale = (subject.leadership.epoch - 1) as typeof subject.leadership.epoch;
      await expect(subject.store.upkeep.forgetRuns(stale, [run.id], LATER_MS)).rejects.toMatchObject({
        code: "LEADERSHIP_LOST",
      });
      expect(await forget(run.id)).toEqual([run.id]);
      expect(await forget(run.id)).toEqual([]);
    });

    test("keeps the list of files to remove until they are crossed off, in every process", async () => {
      const runs = [ended(), ended()];
      for (const run of runs) await writeRun(subject, run);
      const ids = runs.map(({ id }) => id);
      await forget(...ids);
      expect(await subject.store.upkeep.listEmptiedRuns(10)).toEqual([]);
      const other = await subject.openOther();
      while ((await other.upkeep.sweep(LATER_MS)) > 0);
      expect(await subject.store.upkeep.listEmptiedRuns(10)).toEqual(ids);
      await other.upkeep.crossOffRuns(ids.slice(0, 1));
      expect(await subject.store.upkeep.listEmptiedRuns(10)).toEqual(ids.slice(1));
    });
  });
}

export function factsOutliveRuns(subject: Subject): void {
  const forget = (...roots: RunId[]) => subject.store.upkeep.forgetRuns(subject.leadership.epoch, roots, LATER_MS);

  describe("facts about data", () => {
    test("keeps what tasks said about assets, and drops what they said otherwise", async () => {
      const run = ended();
      const fact: DataReport = { kind: "materialization", asset: "orders", dataVersion: "1", metadata: {} };
      const note: DataReport = { kind: "custom", payload: 1 };
      const report = { run: run.id, node: 0, item: ROOT_ITEM, attempt: 1 as never, atMs: AT_MS };
      await commitTo(subject, { runs: [run], reports: [fact, note].map((data) => ({ ...report, data })) });
      await forget(run.id);
      // The note, and the run itself.
      expect(await sweepAll(subject)).toBe(2);
      const expiry = { nowMs: LATER_MS, commandsMs: 0, pollsMs: 0, cacheMs: null, reportsMs: AT_MS + 1 };
      expect(await subject.store.upkeep.expire({ ...expiry, reportsMs: AT_MS })).toBe(0);
      expect(await subject.store.upkeep.expire(expiry)).toBe(1);
      expect(await subject.store.upkeep.expire(expiry)).toBe(0);
    });
  });
}

export function familiesConform(subject: Subject): void {
  describe("what retention reads", () => {
    test("flows are named one after the other", async () => {
      await commitTo(subject, { runs: ["b", "a", "b", "c"].map((flow) => runRow({ flow })) });
      const { upkeep } = subject.store;
      const names: string[] = [];
      for (let flow = await upkeep.nextFlow(null); flow !== undefined; flow = await upkeep.nextFlow(flow)) {
        names.push(flow);
      }
      expect(names).toEqual(["a", "b", "c"]);
    });

    test("a family is told with its newest run, its last end, and whether anything is left to do", async () => {
      const root = ended({ flow: "f", state: "failed" });
      const rerun = ended({ flow: "f", rerunOf: root.id, rootRun: root.id, endedAtMs: AT_MS + 500 });
      const going = runRow({ flow: "f" });
      await commitTo(subject, { runs: [root, going, rerun, ended({ flow: "g" })] });
      const families = await subject.store.upkeep.listFamilies("f", 0, 10);
      expect(families).toMatchObject([
        {
          root: root.id,
          runs: [root.id, rerun.id],
          state: "success",
          settled: true,
          endedAtMs: AT_MS + 500,
          madeAtMs: AT_MS,
          reused: false,
        },
        { root: going.id, runs: [going.id], state: "running", settled: false, endedAtMs: AT_MS },
      ]);
      const [first, second] = families;
      expect(first?.newest).toBeGreaterThan(second?.place ?? 0);
      expect(await subject.store.upkeep.listFamilies("f", first?.place ?? 0, 10)).toEqual([second]);
    });

    test("a flow tells its landmarks, and from where on its runs are counted", async () => {
      const success = ended({ flow: "f" });
      const root = ended({ flow: "f", state: "failed" });
      const rerun = ended({ flow: "f", state: "failed", rerunOf: root.id, rootRun: root.id });
      await commitTo(subject, { runs: [ended({ flow: "f" }), success, root, rerun] });
      const { upkeep } = subject.store;
      const places = new Map((await upkeep.listFamilies("f", 0, 10)).map((family) => [family.root, family.place]));
      expect(await upkeep.flowHistory("f", null)).toEqual({ landmarks: [root.id, success.id], oldestCounted: 0 });
      expect(await upkeep.flowHistory("f", 3)).toMatchObject({ oldestCounted: places.get(success.id) });
      expect(await upkeep.flowHistory("f", 4)).toMatchObject({ oldestCounted: 1 });
      expect(await upkeep.flowHistory("f", 5)).toMatchObject({ oldestCounted: 0 });
    });

    test("results that a run of another family took over hold the first, those within the family do not", async () => {
      const [first, second] = [ended({ flow: "f" }), ended({ flow: "f" })];
      const rerun = ended({ flow: "f", rerunOf: first.id, rootRun: first.id });
      const taken = taskRunRow(rerun.id, { state: "success", reusedFrom: first.id });
      await commitTo(subject, { runs: [first, second, rerun], taskRuns: [taken, { ...taken, item: item("1") }] });
      const reused = async () => (await subject.store.upkeep.listFamilies("f", 0, 10)).map((family) => family.reused);
      expect(await reused()).toEqual([false, false]);
      await commitTo(subject, { taskRuns: [taskRunRow(second.id, { state: "success", reusedFrom: first.id })] });
      expect(await reused()).toEqual([true, false]);
    });
  });
}

export function waitedForConform(subject: Subject): void {
  describe("what unsettled runs need", () => {
    test("runs that unsettled runs wait for are told", async () => {
      const [child, former] = [ended(), ended()];
      const [parent, past] = [runRow(), ended()];
      await commitTo(subject, {
        runs: [child, former, parent, past],
        taskRuns: [
          taskRunRow(parent.id, { state: "deferred", childRun: child.id }),
          taskRunRow(past.id, { state: "success", childRun: former.id }),
        ],
      });
      expect(await subject.store.upkeep.awaitedRuns()).toEqual([child.id]);
    });
  });
}

export function leftoversConform(subject: Subject): void {
  const old = { nowMs: LATER_MS, commandsMs: AT_MS + 1, pollsMs: AT_MS + 1, cacheMs: AT_MS + 1, reportsMs: null };

  describe("leftovers", () => {
    test("answered commands go when they are old, and none without an answer", async () => {
      const { store } = subject;
      const run = ended();
      const [answered, pending] = [command("answered"), command("pending")];
      await store.insertCommand(answered);
      await store.insertCommand(pending);
      await store.insertCommand({ ...command("young"), createdAtMs: LATER_MS });
      const answers: CommandAnswer[] = [
        { id: answered.id, ok: true, run: run.id },
        { id: "young" as never, ok: true, run: run.id },
      ];
      await commitTo(subject, { runs: [run], answers });
      expect(await store.upkeep.expire(old)).toBe(1);
      expect(await store.upkeep.expire(old)).toBe(0);
      expect(await store.findAnswer(answered.id)).toBeUndefined();
      expect(await store.findAnswer("young" as never)).toMatchObject({ ok: true });
      expect(await store.pendingCommands(10)).toEqual([pending]);
    });

    test("cache entries go when they are old", async () => {
      const entry = { value: { kind: "none" }, run: nextRunId() } as const;
      await commitTo(subject, {
        cacheEntries: [
          { ...entry, key: "old", createdAtMs: AT_MS },
          { ...entry, key: "young", createdAtMs: LATER_MS },
        ],
      });
      expect(await subject.store.upkeep.expire({ ...old, cacheMs: null })).toBe(0);
      expect(await subject.store.upkeep.expire(old)).toBe(1);
      expect(await subject.store.findCacheEntry("old")).toBeUndefined();
      expect(await subject.store.findCacheEntry("young")).toBeDefined();
    });

    test("versions go when no run has them and they are not active", async () => {
      const { store } = subject;
      const versions = ["1", "2", "3", "4"].map((digit) => digit.repeat(64) as VersionId);
      for (const [at, id] of versions.entries()) {
        const files = [{ path: "flow.mjs", content: new Uint8Array([at]) }];
        const createdAtMs = at === 3 ? LATER_MS : AT_MS;
        await store.saveVersion({ id, createdAtMs, manifest: { flows: [] }, dependencies: {}, files });
      }
      const [used, active, unused] = versions as [VersionId, VersionId, VersionId];
      await store.activateVersion(active, AT_MS);
      await commitTo(subject, { runs: [ended({ version: used })] });
      expect(await store.upkeep.listUnusedVersions(AT_MS + 1, 10)).toEqual([unused]);
      expect(await store.upkeep.removeVersion(used)).toBe(false);
      expect(await store.upkeep.removeVersion(active)).toBe(false);
      expect(await store.upkeep.removeVersion(unused)).toBe(true);
      expect(await store.findVersion(unused)).toBeUndefined();
      expect(await store.findVersion(used)).toMatchObject({ files: [{ path: "flow.mjs" }] });
    });
  });
}

export function oldTicksConform(subject: Subject): void {
  const old = { nowMs: LATER_MS, commandsMs: AT_MS + 1, pollsMs: AT_MS + 1, cacheMs: AT_MS + 1, reportsMs: null };

  describe("old ticks", () => {
    test("polls that found nothing go when they are old", async () => {
      const poll = tickRow({ trigger: "inbox", outcome: "polled" });
      const young = { ...poll, atMs: LATER_MS };
      const event = tickRow({ trigger: "inbox", key: "mail 1" });
      await commitTo(subject, { ticks: [poll, young, event] });
      expect(await subject.store.upkeep.expire(old)).toBe(1);
      expect(await subject.store.upkeep.expire(old)).toBe(0);
      expect(await subject.store.triggers.listTicks({ limit: 9 })).toEqual([young, event]);
    });

    test("ticks of a trigger go when they were due and decided before an instant", async () => {
      const { upkeep, triggers } = subject.store;
      const of = { flow: "daily-orders", trigger: "schedule" };
      const kept = [
        tickRow({ atMs: LATER_MS, decidedAtMs: LATER_MS }),
        // Made up for after a long time.
        tickRow({ atMs: AT_MS + 1, decidedAtMs: LATER_MS }),
        tickRow({ trigger: "hourly", decidedAtMs: AT_MS }),
        tickRow({ flow: "cleanup", decidedAtMs: AT_MS }),
      ];
      await commitTo(subject, { ticks: [tickRow(), ...kept] });
      expect(await upkeep.removeTicks(of, AT_MS + 2)).toBe(0);
      expect(await upkeep.removeTicks(of, LATER_MS)).toBe(1);
      expect(await upkeep.removeTicks(of, LATER_MS)).toBe(0);
      expect(await triggers.listTicks({ limit: 9 })).toEqual(kept);
    });
  });
}

export function filesThatMayGoConform(subject: Subject): void {
  const old = { nowMs: LATER_MS, commandsMs: AT_MS + 1, pollsMs: AT_MS + 1, cacheMs: AT_MS + 1, reportsMs: null };

  describe("leftovers of files", () => {
    test("an artifact may go when nothing names it any more", async () => {
      const { store, leadership } = subject;
      const [first, second, third] = [ended(), ended(), ended()];
      await writeRun(subject, first, { value: artifact(BIG) });
      await writeRun(subject, second, { value: artifact(BIG) });
      await writeRun(subject, third, { value: artifact(OTHER) });
      const entry = { key: "k", value: artifact(OTHER), run: third.id, createdAtMs: AT_MS };
      await commitTo(subject, { cacheEntries: [entry] });
      const unused = () => store.upkeep.listUnusedArtifacts(LATER_MS + 1, 10);
      await store.upkeep.forgetRuns(leadership.epoch, [first.id, third.id], LATER_MS);
      await sweepAll(subject);
      // The second run and the cache still name them.
      expect(await unused()).toEqual([]);
      await store.upkeep.forgetRuns(leadership.epoch, [second.id], LATER_MS);
      await sweepAll(subject);
      expect(await store.upkeep.listUnusedArtifacts(LATER_MS, 10)).toEqual([]);
      expect(await unused()).toEqual([BIG]);
      expect(await store.upkeep.expire(old)).toBe(1);
      expect([...(await unused())].sort()).toEqual([BIG, OTHER]);
      await store.upkeep.crossOffArtifacts([BIG]);
      expect(await unused()).toEqual([OTHER]);
    });

    test("the state of the whole is told", async () => {
      const run = ended();
      await writeRun(subject, run, { tasks: 3 });
      await writeRun(subject, ended());
      const status = await subject.store.upkeep.status();
      expect(status.tables.find(({ name }) => name === "task_run")).toMatchObject({ rows: 4 });
      expect(status).toMatchObject({ forgottenRuns: 0, oldestRunAtMs: AT_MS });
      await subject.store.upkeep.forgetRuns(subject.leadership.epoch, [run.id], LATER_MS);
      expect(await subject.store.upkeep.status()).toMatchObject({ forgottenRuns: 1 });
      expect(await subject.store.upkeep.compact()).toBe(false);
    });
  });
}
