import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { decode, encode, MillraceError, type SensorPoll, type VersionId } from "@millrace/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DefinitionHost, SensorHosts, type VersionPlace } from "../../src/index.ts";
import { readStartTicks } from "../../src/processes/process-table.ts";

const MODULE = fileURLToPath(new URL("../fixtures/sensors.ts", import.meta.url));
const PLACE: VersionPlace = { dir: dirname(MODULE), configEntry: null, entryOf: () => "sensors.ts" };
const VERSION = "1".repeat(64) as VersionId;

let dir: string;
let hosts: SensorHosts;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "millrace-sensors-"));
  hosts = new SensorHosts({
    projectDir: dir,
    artifactsDir: join(dir, "artifacts"),
    resolveVersion: async () => PLACE,
    readVault: async (kind, name) => {
      if (name === "nothing") throw new MillraceError("MISSING_SECRET", `There is no ${kind} "${name}".`);
      return `the ${kind} ${name}`;
    },
  });
});

afterAll(async () => {
  await hosts.stop();
  await rm(dir, { recursive: true, force: true });
});

function poll(trigger: string, how: { cursor?: unknown; timeoutMs?: number } = {}): Promise<SensorPoll> {
  const cursor = how.cursor === undefined ? null : encode(how.cursor);
  const timeoutMs = how.timeoutMs ?? 20_000;
  return hosts.poll({ version: VERSION, flow: "watched", trigger, cursor, lastPollMs: 1_000, timeoutMs });
}

describe("a poll", () => {
  test("gives runs, a cursor and what was logged", async () => {
    const first = await poll("counting");
    expect(first).toMatchObject({ kind: "polled", skipReason: null, log: 'counts {"from":0}\nprinted' });
    if (first.kind !== "polled") return;
    expect(first.events.map(({ runKey, payload }) => [runKey, decode(payload)])).toEqual([
      ["n-1", { n: 1, at: new Date(1_000) }],
    ]);
    expect(await poll("counting", { cursor: decode(first.cursor ?? encode(0)) })).toMatchObject({
      events: [{ runKey: "n-2" }],
      cursor: encode(2),
    });
  });

  test("may say why there is nothing, and keeps the cursor that it says nothing of", async () => {
    expect(await poll("quiet", { cursor: "before" })).toEqual({
      kind: "polled",
      events: [],
      skipReason: "nothing there",
      cursor: encode("before"),
      log: null,
    });
  });

  test("that throws, or gives what is no outcome, has failed", async () => {
    expect(await poll("throwing")).toEqual({
      kind: "failed",
      message: "TypeError: no such table",
      log: "about to throw",
    });
    expect(await poll("wrong")).toMatchObject({
      kind: "failed",
      message: 'TypeError: A sensor returns { runs, cursor, skipReason }, not "done".',
    });
    expect(await poll("unnamed")).toMatchObject({ message: expect.stringContaining("The `runKey` of `runs[0]` is") });
    expect(await poll("gone")).toMatchObject({ message: expect.stringContaining("has no trigger gone") });
  });

  test("gets secrets and variables when it asks, and what it says of secrets is masked", async () => {
    expect(await poll("asking")).toMatchObject({
      kind: "polled",
      cursor: encode("the secret shop-token".length),
      log: 'token ***\nagain {"token":"***","region":"the variable region"}',
    });
    expect(await poll("telling")).toMatchObject({ kind: "failed", message: "Error: it was ***" });
    expect(await poll("asking-too-much")).toMatchObject({
      kind: "failed",
      message: 'MillraceError: There is no secret "nothing".',
    });
  });

  test("keeps 4 KiB of its log", async () => {
    const { log } = await poll("talking");
    expect(Buffer.byteLength(log ?? "")).toBeLessThanOrEqual(4_096);
    expect(log).toMatch(/^ä+\n… \(cut\)$/);
  });
});

describe("a sensor that goes wrong", () => {
  test("costs its own poll only", async () => {
    const [hanging, starting, waiting, exiting, counting] = await Promise.all([
      poll("hanging", { timeoutMs: 3_000 }),
      poll("starting", { timeoutMs: 3_000 }),
      poll("waiting", { timeoutMs: 3_000 }),
      poll("exiting"),
      poll("counting"),
    ]);
    expect(hanging).toEqual({ kind: "failed", message: "it did not answer within 3000 ms", log: "goes in circles" });
    expect(waiting).toMatchObject({ kind: "failed", message: expect.stringContaining("within 3000 ms") });
    expect(exiting).toMatchObject({ kind: "failed", message: "it ended its process (exit code 3)" });
    expect(counting.kind).toBe("polled");
    // What it started is dead when its end is told.
    const pids = starting.log?.split(" ").map(Number) ?? [];
    expect(pids).toHaveLength(3);
    expect(pids.filter((pid) => readStartTicks(pid) !== undefined)).toEqual([]);
  });

  test("does not keep the others from being polled in their turn, and processes are used again", async () => {
    const pids = await Promise.all(Array.from({ length: 12 }, () => poll("who")));
    const seen = new Set(pids.map((each) => (each.kind === "polled" ? each.cursor : null)));
    expect(seen).not.toContain(null);
    expect(seen.size).toBeLessThanOrEqual(4);
    expect(seen).not.toContain(encode(process.pid));
  });

  test("is ended with the server that polls it", async () => {
    const going = poll("waiting");
    const queued = Array.from({ length: 5 }, () => poll("waiting"));
    await hosts.stop();
    expect((await going).kind).toBe("failed");
    expect((await Promise.all(queued)).map(({ kind }) => kind)).toEqual(Array(5).fill("failed"));
    expect((await poll("counting")).kind).toBe("polled");
  });
});

test("files are found once for each content they have", async () => {
  await mkdir(join(dir, "in"));
  await writeFile(join(dir, "in/a.csv"), "1");
  await writeFile(join(dir, "in/b.txt"), "1");
  const first = await poll("file");
  if (first.kind !== "polled") return expect.unreachable();
  expect(first.events.map(({ payload }) => decode(payload))).toMatchObject([{ path: "in/a.csv", bytes: 1 }]);
  const cursor = decode(first.cursor ?? encode({}));
  expect(await poll("file", { cursor })).toMatchObject({ events: [], skipReason: "no new file" });
  await writeFile(join(dir, "in/a.csv"), "12");
  const changed = await poll("file", { cursor });
  if (changed.kind !== "polled") return expect.unreachable();
  expect(changed.events.map(({ payload }) => decode(payload))).toMatchObject([{ path: "in/a.csv", bytes: 2 }]);
  expect(changed.events[0]?.runKey).not.toBe(first.events[0]?.runKey);
});

describe("parameters from events", () => {
  const host = new DefinitionHost({ projectDir: tmpdir(), artifactsDir: tmpdir() });
  host.folder = PLACE.dir;
  afterAll(() => host.stop());
  const of = (trigger: string): Parameters<DefinitionHost["eventParams"]>[0] => ({
    entry: "sensors.ts",
    flow: "watched",
    trigger,
  });

  test("come from the author's function, of all events of a batch", async () => {
    const payloads = [1, 2].map((body) => encode({ body, headers: {} }));
    expect(await host.eventParams(of("webhook"), payloads)).toBe(encode({ body: 2, of: 2 }));
    const ended = encode({
      run: "01RUN",
      flow: "other",
      state: "success",
      params: {},
      window: { startMs: 0, endMs: 1 },
    });
    expect(decode(await host.eventParams(of("flow_finished"), [ended]))).toEqual({ run: "01RUN", from: new Date(0) });
  });

  test("of a trigger that is not there are refused", async () => {
    await expect(host.eventParams(of("gone"), [])).rejects.toThrow(MillraceError);
  });
});
