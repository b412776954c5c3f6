import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { LogSink } from "../../src/remote/log-sink.ts";
import type { Hello } from "../../src/remote/messages.ts";
import { checkHello, outcomeOf } from "../../src/remote/nonsense.ts";
import { unpacked } from "../../src/remote/unpacked.ts";

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "remote-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test("pieces of a log that come twice, or overlap, are written once, also by the next server", async () => {
  const path = join(await folder(), "run", "7.ndjson");
  const fail = (error: unknown): never => {
    throw error;
  };
  const first = new LogSink(path, fail);
  const kept: number[] = [];
  first.take(0, Buffer.from("one\n"), (bytes) => kept.push(bytes));
  first.take(0, Buffer.from("one\n"), (bytes) => kept.push(bytes));
  await first.written();
  const second = new LogSink(path, fail);
  expect(await second.bytes()).toBe(4);
  second.take(0, Buffer.from("one\ntwo\n"), (bytes) => kept.push(bytes));
  second.take(8, Buffer.from("three\n"), (bytes) => kept.push(bytes));
  await second.written();
  expect(await readFile(path, "utf8")).toBe("one\ntwo\nthree\n");
  expect(kept).toEqual([4, 4, 8, 14]);
});

test("a disk that takes no log costs the log, not the attempt", async () => {
  const problems: unknown[] = [];
  const file = join(await folder(), "file");
  await writeFile(file, "");
  const sink = new LogSink(join(file, "7.ndjson"), (error) => problems.push(error));
  const kept: number[] = [];
  sink.take(0, Buffer.from("one\n"), (bytes) => kept.push(bytes));
  sink.take(4, Buffer.from("two\n"), (bytes) => kept.push(bytes));
  await sink.written();
  expect(kept).toEqual([4, 8]);
  expect(problems).toHaveLength(1);
});

const HELLO: Hello = {
  kind: "hello",
  protocol: 1,
  version: "1.0.0",
  id: "here/1/a",
  name: "here",
  host: "here",
  pid: 1,
  labels: {},
  slots: 4,
  resources: { cpuMillis: 1_000, memoryBytes: 1 },
  held: [],
};

test.each([
  ["no name", { name: "" }],
  ["a name without end", { name: "x".repeat(1_000) }],
  ["labels that are none", { labels: { gpu: 1 } }],
  ["slots that are none", { slots: -1 }],
  ["too many slots", { slots: 1e9 }],
  ["attempts without numbers", { held: ["1"] }],
  ["no resources", { resources: null }],
])("a hello with %s is refused", (_what, change) => {
  expect(checkHello(HELLO)).toBe(HELLO);
  expect(() => checkHello({ ...HELLO, ...change } as unknown as Hello)).toThrow(TypeError);
});

test("an outcome of no known state is refused", () => {
  const outcome = { state: "perhaps" } as unknown as Parameters<typeof outcomeOf>[0];
  expect(() => outcomeOf(outcome, Buffer.alloc(0))).toThrow("no known state");
});

test("files of a version that are damaged, or lie outside of it, are refused", () => {
  const payload = Buffer.from("export {};");
  const hash = createHash("sha256").update(payload).digest("hex");
  const come = (path: string, given = hash): unknown =>
    unpacked({
      message: { kind: "answer", id: 1, error: null, files: [{ path, bytes: payload.length, hash: given }] },
      payload,
    });
  expect(come("flows/a.mjs")).toEqual([{ path: "flows/a.mjs", content: payload }]);
  expect(() => come("flows/a.mjs", "0".repeat(64))).toThrow("did not arrive as it was sent");
  for (const path of ["../a.mjs", "/etc/a.mjs", "flows/../../a.mjs", "..\\a.mjs"]) {
    expect(() => come(path)).toThrow("outside of the version");
  }
});
