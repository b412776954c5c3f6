import { writeFileSync } from "node:fs";
import path from "node:path";
import { answeredRun, decode, type EventRow, encode, type RunId, type StoredValue } from "@millrace/core";
import { expect, onTestFinished, test } from "vitest";
import { openRuntime } from "../src/runtime/open-runtime.ts";
import type { Runtime, RuntimeOptions } from "../src/runtime/runtime.ts";
import { buildVersion } from "../src/versions/build-version.ts";
import { flowText, temporaryProject, writeProjectFiles } from "./temporary-project.ts";

/** Two tasks; the first ends when the file `go` is in the project's folder. */
function gatedFlow(answer: string): string {
  return [
    'import { existsSync, watch } from "node:fs";',
    'import { flow, task } from "millrace";',
    'const gate = task("gate", async (_: {}, { projectDir, signal }) => {',
    '  const go = () => existsSync(projectDir + "/go");',
    "  await new Promise<void>((resolve, reject) => {",
    "    const watcher = watch(projectDir, () => go() && resolve());",
    '    signal.addEventListener("abort", () => reject(signal.reason));',
    "    if (go()) resolve();",
    "    void watcher;",
    "  });",
    "});",
    `const answer = task("answer", () => "${answer}");`,
    'export default flow("gated", () => answer.after(gate({}))());',
    "",
  ].join("\n");
}

async function open(dir: string, options: Partial<RuntimeOptions> = {}): Promise<Runtime> {
  const runtime = await openRuntime({ projectDir: dir, actor: "test", workers: 2, ...options });
  onTestFinished(() => runtime.stop());
  return runtime;
}

async function request(runtime: Runtime, flow: string): Promise<RunId> {
  const answer = await runtime.submit({
    kind: "request_run",
    flow,
    params: encode({}),
    window: null,
    version: null,
    selection: null,
    idempotencyKey: null,
  });
  return answeredRun(answer);
}

/** Resolves when an event of that type arrives. */
function eventOf(runtime: Runtime, type: EventRow["type"], node = -1): Promise<EventRow> {
  return new Promise((resolve) => {
    const end = runtime.onEvents((events) => {
      const found = events.find((event) => event.type === type && event.node === node);
      if (found === undefined) return;
      end();
      resolve(found);
    });
  });
}

async function outputOf(runtime: Runtime, run: RunId, node: number): Promise<unknown> {
  const value: StoredValue | undefined = await runtime.store.findOutput(run, node, "" as never);
  return value?.kind === "inline" ? decode(value.text) : value;
}

test("a run goes from its command to its end", async () => {
  const runtime = await open(temporaryProject({ "flows/small.ts": flowText("small", "6 * 7") }));
  expect(runtime.role).toBe("leader");
  const seen: string[] = [];
  runtime.onEvents((events) => seen.push(...events.map(({ type }) => type)));
  const run = await request(runtime, "small");
  const row = await runtime.whenSettled(run);
  expect(row.state).toBe("success");
  expect(row.version).toBe(runtime.build?.version);
  expect(await outputOf(runtime, run, 0)).toBe(42);
  expect(seen.at(0)).toBe("run.queued");
  expect(seen.at(-1)).toBe("run.finished");
});

test("what a command asks wrongly is answered", async () => {
  const runtime = await open(temporaryProject({ "flows/small.ts": flowText("small") }));
  const answer = await runtime.submit({
    kind: "request_run",
    flow: "smal",
    params: encode({}),
    window: null,
    version: null,
    selection: null,
    idempotencyKey: null,
  });
  expect(answer).toMatchObject({ ok: false, error: { code: "UNKNOWN_FLOW" } });
  await expect(runtime.whenSettled("01ARZ3NDEKTSV4RRFFQ69G5FAV" as RunId)).rejects.toMatchObject({
    code: "UNKNOWN_RUN",
  });
});

test("a flow that is edited in the middle of a run changes nothing in it", async () => {
  const dir = temporaryProject({ "flows/gated.ts": gatedFlow("old") });
  const runtime = await open(dir);
  const started = eventOf(runtime, "task.started", 0);
  const run = await request(runtime, "gated");
  await started;
  writeProjectFiles(dir, { "flows/gated.ts": gatedFlow("new") });
  const built = await buildVersion(runtime.project, { store: runtime.store });
  expect(built.version).not.toBe(runtime.build?.version);
  writeFileSync(path.join(dir, "go"), "");
  expect((await runtime.whenSettled(run)).state).toBe("success");
  expect(await outputOf(runtime, run, 1)).toBe("old");
  const next = await request(runtime, "gated");
  await runtime.whenSettled(next);
  expect(await outputOf(runtime, next, 1)).toBe("new");
});

test("a run is carried on by the next runtime, with the version it began with", async () => {
  const dir = temporaryProject({ "flows/gated.ts": gatedFlow("old") });
  const first = await open(dir);
  const started = eventOf(first, "task.started", 0);
  const run = await request(first, "gated");
  await started;
  await first.stop();
  writeProjectFiles(dir, { "flows/gated.ts": "this is no program", go: "" });
  const second = await open(dir, { versions: "stored" });
  expect(second.build).toBeNull();
  expect((await second.whenSettled(run)).state).toBe("success");
  expect(await outputOf(second, run, 1)).toBe("old");
});

test("a second runtime is a guest: it sends commands, follows what happens, and takes over", async () => {
  const dir = temporaryProject({ "flows/gated.ts": gatedFlow("one"), "flows/small.ts": flowText("small") });
  const leader = await open(dir);
  const guest = await open(dir);
  expect([leader.role, guest.role]).toEqual(["leader", "guest"]);
  const seen: string[] = [];
  guest.onEvents((events) => seen.push(...events.map(({ type, node }) => `${type} ${node}`)));
  const small = await request(guest, "small");
  expect((await guest.whenSettled(small)).state).toBe("success");
  expect(seen).toEqual(["run.queued -1", "run.started -1", "task.started 0", "task.finished 0", "run.finished -1"]);

  const started = eventOf(guest, "task.started", 0);
  const gated = await request(guest, "gated");
  await started;
  expect((await guest.why(gated)).map(({ label, state }) => [label, state])).toContainEqual(["gate", "running"]);
  await leader.stop();
  writeFileSync(path.join(dir, "go"), "");
  expect((await guest.whenSettled(gated)).state).toBe("success");
  expect(guest.role).toBe("leader");
  expect(seen.filter((event) => event === "run.finished -1")).toHaveLength(2);
});

test("a reader starts nothing, and a command it leaves is done by the next leader", async () => {
  const dir = temporaryProject({ "flows/small.ts": flowText("small") });
  const reader = await open(dir, { role: "reader" });
  expect(reader.role).toBe("reader");
  const finished = eventOf(reader, "run.finished");
  const asked = request(reader, "small");
  const leader = await open(dir, { versions: "stored" });
  const run = await asked;
  expect((await finished).run).toBe(run);
  expect((await leader.whenSettled(run)).state).toBe("success");
});

test("waiting for an answer can be given up", async () => {
  const dir = temporaryProject({ "flows/small.ts": flowText("small") });
  const reader = await open(dir, { role: "reader" });
  const given = new AbortController();
  const asked = reader.submit(
    { kind: "cancel_run", run: "01ARZ3NDEKTSV4RRFFQ69G5FAV" as RunId },
    { signal: given.signal },
  );
  given.abort(new Error("enough"));
  await expect(asked).rejects.toThrow("enough");
});

test("a project that is removed while it is opened is told as that", async () => {
  const text = [
    'import { rmSync } from "node:fs";',
    'import { defineConfig } from "millrace";',
    "rmSync(process.cwd(), { recursive: true });",
    "export default defineConfig({});",
    "",
  ].join("\n");
  const dir = temporaryProject({ "flows/a.ts": flowText("a"), "millrace.config.ts": text });
  await expect(openRuntime({ projectDir: dir })).rejects.toMatchObject({ code: "NO_PROJECT" });
});
