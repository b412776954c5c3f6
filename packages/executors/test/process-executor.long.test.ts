import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Executor, VersionId } from "@millrace/core";
import { afterEach, expect, test } from "vitest";
import { holdGuardian } from "../src/guardian/start-guardian.ts";
import { createFileLogStore, createProcessExecutor, sweepDeadExecutors } from "../src/index.ts";
import { type ProcessExecutorOptions, resolveExecutorOptions } from "../src/processes/executor-options.ts";
import { findTree } from "../src/processes/kill-tree.ts";
import { createMark, ofExecutor } from "../src/processes/mark.ts";
import { describeExecutor } from "./conformance.ts";
import { isAlive, PLACE, SERVER, Stand, type Surroundings } from "./stand.ts";

function making(more: Partial<ProcessExecutorOptions> = {}): (surroundings: Surroundings) => Executor {
  const readVault = async (_kind: string, name: string): Promise<string> => `value of ${name}`;
  return (surroundings) =>
    createProcessExecutor({ ...surroundings, resolveVersion: async () => PLACE, readVault, ...more });
}

const opened: Stand[] = [];

async function open(more: Partial<ProcessExecutorOptions> = {}): Promise<Stand> {
  const stand = await Stand.open(making(more));
  opened.push(stand);
  return stand;
}

afterEach(async () => {
  for (const stand of opened.splice(0)) await stand.close();
});

describeExecutor("the process executor", making({ workers: 4 }));

async function pidOf(stand: Stand, probe = "pid", more = {}): Promise<unknown> {
  return stand.valueOf(await stand.run(probe, {}, more));
}

test("one process serves attempt after attempt", async () => {
  const stand = await open();
  const pids = new Set<unknown>();
  for (let count = 0; count < 20; count += 1) pids.add(await pidOf(stand));
  expect(pids.size).toBe(1);
});

test("a process serves one version", async () => {
  const stand = await open({ workers: 1 });
  const first = await pidOf(stand);
  expect(await pidOf(stand, "pid", { version: "v2" })).not.toBe(first);
  expect(isAlive(Number(first))).toBe(false);
});

test("a process is replaced after so many attempts", async () => {
  const stand = await open({ recycleAfter: 3 });
  const pids: unknown[] = [];
  for (let count = 0; count < 6; count += 1) pids.push(await pidOf(stand));
  expect(new Set(pids.slice(0, 3)).size).toBe(1);
  expect(new Set(pids).size).toBe(2);
});

test("isolation gives a process that nobody had before or has after", async () => {
  const stand = await open();
  const shared = await pidOf(stand);
  const own = await pidOf(stand, "pid", { isolation: "process" });
  const other = await pidOf(stand, "pid", { isolation: "process" });
  expect(new Set([shared, own, other]).size).toBe(3);
  expect(await pidOf(stand)).toBe(shared);
});

test("a process that leaves a timer is replaced, one whose timer runs out is not", async () => {
  const stand = await open({ workers: 1 });
  const clean = await pidOf(stand, "short-timer");
  expect(await pidOf(stand)).toBe(clean);
  const leaving = await pidOf(stand, "leaves-timer");
  expect(leaving).toBe(clean);
  expect(await pidOf(stand)).not.toBe(leaving);
});

test("an executor that is stopped leaves no process and loses its attempts without blame", async () => {
  const mark = createMark(process.cwd());
  const stand = await open({ mark, workers: 3 });
  const file = stand.newFile();
  const running = [stand.start("stubborn", { file }), stand.start("hangs")];
  await Promise.all(running.map((each) => each.says("ready")));
  const waiting = Array.from({ length: 5 }, () => stand.start("hangs"));
  await stand.executor.stop();
  expect(await findTree({ filter: ofExecutor(mark) })).toEqual([]);
  for (const { ended } of [...running, ...waiting]) {
    expect((await ended).outcome).toMatchObject({ state: "lost", spendsCrashBudget: false });
  }
  await stand.executor.stop();
  stand.executor.startAttempt(stand.order("nothing"));
  expect(stand.executor.alive()).not.toContain(99);
});

test("an executor that was never started can be stopped", async () => {
  const stand = await open();
  const executor = making()({ projectDir: stand.dir, artifactsDir: stand.dir, logs: stand.logs });
  await executor.stop();
  expect(executor.alive()).toEqual([]);
});

test("a version that cannot be had fails its attempts", async () => {
  const stand = await open({
    resolveVersion: async (version: VersionId) => {
      throw new Error(`no place for ${version}`);
    },
  });
  expect((await stand.run("nothing")).outcome).toMatchObject({
    state: "failed",
    error: { message: "no place for v1" },
  });
});

test("processes that do not come up fail the attempts that wait for them, with what they said", async () => {
  const stand = await open({ projectDir: "/nowhere/at/all" });
  const { outcome } = await stand.run("nothing");
  expect(outcome).toMatchObject({ state: "failed", retryable: true, error: { code: "PROCESS_DIED" } });
});

test("an output over the limit is refused with its size", async () => {
  const stand = await open({ maxOutputBytes: 1_000_000 });
  const { outcome } = await stand.run("large", { length: 20_000 });
  expect(outcome).toMatchObject({ state: "failed", retryable: false, error: { code: "OUTPUT_TOO_LARGE" } });
  expect(JSON.stringify(outcome)).toMatch(/has 2\.\d+ MiB; the limit is/);
});

test("an attempt that was given up ends, and its log gets no more lines", async () => {
  const stand = await open();
  const running = stand.start("aborts");
  await running.says("ready");
  stand.executor.acknowledge(running.id, "gone");
  const { outcome, lines } = await running.ended;
  expect(outcome).toEqual({ state: "cancelled" });
  expect(lines.map(({ text }) => text)).toEqual(["ready"]);
});

test("logs get no more lines when others may have given the attempts up, whoever has noticed", async () => {
  let trusted = true;
  const stand = await open({ isTrusted: () => trusted });
  const running = stand.start("aborts");
  await running.says("ready");
  trusted = false;
  stand.executor.cancelAttempt(running.id, "cancelled");
  const { lines } = await running.ended;
  expect(lines.map(({ text }) => text)).toEqual(["ready"]);
});

interface Below {
  readonly dir: string;
  readonly guardian: readonly number[];
  readonly marked: readonly number[];
}

/** A server of its own, with attempts that hang and processes of all kinds below them. */
async function startServer(projectDir: string): Promise<{ server: ChildProcess; below: Below }> {
  const server = spawn(process.execPath, [...conditions(), SERVER, projectDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: server.stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, "line")) as [string];
  return { server, below: JSON.parse(line) as Below };
}

function conditions(): string[] {
  return process.execArgv.filter((arg) => arg.startsWith("--conditions="));
}

test("when its server is killed, the guardian kills everything", async () => {
  const stand = await open();
  const { server, below } = await startServer(stand.dir);
  expect(below.guardian).toHaveLength(1);
  expect(below.marked.length).toBeGreaterThanOrEqual(5);
  server.kill("SIGKILL");
  await once(server, "exit");
  await expect.poll(() => [...below.marked, ...below.guardian].filter(isAlive)).toEqual([]);
  await rm(below.dir, { recursive: true });
});

test("a guardian that is killed is replaced, however young it was", async () => {
  const mark = createMark(process.cwd());
  const { guardianEntry: entry, execArgv } = resolveExecutorOptions({
    projectDir: process.cwd(),
    artifactsDir: "",
    logs: createFileLogStore({ dir: "" }),
    resolveVersion: async () => PLACE,
  });
  const guardian = holdGuardian({ mark, entry, execArgv });
  const killed: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await expect.poll(() => killed.includes(guardian.pid)).toBe(false);
    killed.push(guardian.pid);
    process.kill(guardian.pid, "SIGKILL");
  }
  await expect.poll(() => !killed.includes(guardian.pid) && isAlive(guardian.pid)).toBe(true);
  await guardian.stop();
  expect(isAlive(guardian.pid)).toBe(false);
});

test("what a dead executor left is swept away, living ones of the same project are not", async () => {
  const stand = await open();
  const own = Number(await pidOf(stand));
  const other = await startServer(stand.dir);
  const { server, below } = await startServer(stand.dir);
  expect(await sweepDeadExecutors(stand.dir)).toBe(0);
  // Without its guardian: as after the death of both.
  for (const pid of below.guardian) process.kill(pid, "SIGSTOP");
  server.kill("SIGKILL");
  await once(server, "exit");
  // Idle workers leave by themselves; those with attempts do not.
  expect(below.marked.filter(isAlive).length).toBeGreaterThanOrEqual(4);
  expect(await sweepDeadExecutors(stand.dir)).toBeGreaterThanOrEqual(4);
  // Polled for the idle worker alone: while it leaves it has lost its mark, and the sweep does not wait for it.
  await expect.poll(() => below.marked.filter(isAlive)).toEqual([]);
  expect(isAlive(own)).toBe(true);
  const theirs = [...other.below.marked, ...other.below.guardian];
  expect(theirs.filter((pid) => !isAlive(pid))).toEqual([]);
  for (const pid of below.guardian) process.kill(pid, "SIGCONT");
  await expect.poll(() => below.guardian.filter(isAlive)).toEqual([]);
  other.server.kill("SIGKILL");
  await expect.poll(() => theirs.filter(isAlive)).toEqual([]);
  for (const { dir } of [below, other.below]) await rm(dir, { recursive: true });
});
