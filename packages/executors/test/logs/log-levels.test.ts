import { appendFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttemptId, RunId } from "@millrace/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFileLogStore } from "../../src/logs/file-log-store.ts";
import { LOG_LEVELS, type LogKey, type LogLevel, type LogStore, type LogWriter } from "../../src/logs/log-store.ts";
import { LogSink } from "../../src/remote/log-sink.ts";

let dir: string;
let store: LogStore;
let keys = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "millrace-levels-"));
  store = createFileLogStore({ dir });
});

afterAll(() => rm(dir, { recursive: true, force: true }));

function newKey(): LogKey {
  keys += 1;
  return { run: "01RUN" as RunId, attempt: keys as AttemptId };
}

function pathOf(key: LogKey): string {
  return join(dir, key.run, `${key.attempt}.ndjson`);
}

/** Mostly information; what is louder stands apart, and now and then together. */
function levelOf(number: number): LogLevel {
  if (number % 331 === 0 || number % 997 < 2) return "error";
  if (number % 40 === 3) return "warn";
  return number % 3 === 0 ? "debug" : "info";
}

function append(writer: LogWriter, from: number, to: number): void {
  for (let number = from; number < to; number += 1) {
    writer.append({ t: number, level: levelOf(number), source: "logger", text: `ligne ${number} é "level":"error"` });
  }
}

const close = (writer: LogWriter): Promise<void> => new Promise((resolve) => writer.close(resolve));

const LINES = 5_300;

async function written(): Promise<LogKey> {
  const key = newKey();
  const writer = store.writer(key);
  append(writer, 0, LINES);
  await close(writer);
  return key;
}

/** The numbers of the lines that are loud enough. */
function loud(level: LogLevel): number[] {
  const least = LOG_LEVELS.indexOf(level);
  return Array.from({ length: LINES }, (_, number) => number).filter(
    (number) => LOG_LEVELS.indexOf(levelOf(number)) >= least,
  );
}

test("lines of a level are read by their place among them, and by the line from which on", async () => {
  const key = await written();
  for (const level of LOG_LEVELS) {
    const all = loud(level);
    for (const place of [0, 1, 7, all.length - 2, all.length]) {
      const page = await store.readLevel({ ...key, level, begin: { place }, limit: 5 });
      expect(page.hits.map(({ number }) => number)).toEqual(all.slice(place, place + 5));
      expect(page.hits.map(({ line: { text } }) => text)).toEqual(
        page.hits.map(({ number }) => `ligne ${number} é "level":"error"`),
      );
      expect([page.place, page.matching, page.count, page.closed]).toEqual([place, all.length, LINES, true]);
    }
    for (const line of [0, 1, 332, 2_000, LINES - 1]) {
      const { place, hits } = await store.readLevel({ ...key, level, begin: { line }, limit: 3 });
      const first = all.filter((number) => number < line).length;
      expect([place, hits.map(({ number }) => number)]).toEqual([first, all.slice(first, first + 3)]);
    }
  }
});

test("the next and the last line of a level are found from any line, towards both ends", async () => {
  const key = await written();
  const errors = loud("error");
  for (const from of [0, 1, 331, 332, 996, 4_000, LINES - 1]) {
    const next = await store.search({ ...key, text: "", level: "error", from, limit: 2 });
    expect(next.map(({ number }) => number)).toEqual(errors.filter((number) => number >= from).slice(0, 2));
    const before = await store.search({ ...key, text: "", level: "error", from, limit: 2, isBackward: true });
    const expected = errors.filter((number) => number <= from).reverse();
    expect(before.map(({ number }) => number)).toEqual(expected.slice(0, 2));
  }
});

test("a text is found backward too, with or without an index, and among lines that are loud enough", async () => {
  const key = await written();
  const holds = (number: number): boolean => `ligne ${number}`.includes("1");
  const search = (over: { level?: LogLevel; from: number; limit: number }) =>
    store.search({ ...key, text: "LIGNE", isBackward: true, ...over });
  for (const withIndex of [true, false]) {
    if (!withIndex) await rm(pathOf(key).replace(/\.ndjson$/, ".idx"));
    const last = await search({ from: 4_321, limit: 2_000 });
    expect(last.map(({ number }) => number)).toEqual(Array.from({ length: 2_000 }, (_, back) => 4_321 - back));
    const warned = await search({ level: "warn", from: LINES, limit: 9_999 });
    expect(warned.map(({ number }) => number)).toEqual(loud("warn").reverse());
    const some = await store.search({ ...key, text: "1", level: "error", from: 500, limit: 9_999 });
    expect(some.map(({ number }) => number)).toEqual(loud("error").filter((number) => number >= 500 && holds(number)));
  }
});

test("a log that grows is outlined from where it was, and a half line is none", async () => {
  const key = newKey();
  const writer = store.writer(key);
  append(writer, 0, 100);
  writer.flush();
  await expect.poll(async () => (await store.summarise(key)).count).toBe(100);
  await appendFile(pathOf(key), '{"t":1,"level":"err');
  expect(await store.summarise(key)).toMatchObject({ count: 100, closed: false });
  await appendFile(
    pathOf(key),
    'or","source":"system","text":"whole now"}\nforeign\n{"level":"error","t":5,"text":"ours"}\n',
  );
  const { count, closed, levels, lastError } = await store.summarise(key);
  expect([count, closed, lastError]).toEqual([103, false, 102]);
  const own = Array.from({ length: 100 }, (_, number) => levelOf(number));
  expect(levels).toEqual({
    debug: own.filter((level) => level === "debug").length,
    info: own.filter((level) => level === "info").length,
    warn: own.filter((level) => level === "warn").length + 1,
    error: own.filter((level) => level === "error").length + 2,
  });
  expect((await store.read({ ...key, from: 0, limit: 1 })).count).toBe(103);
  await rm(pathOf(key));
  expect(await store.summarise(key)).toMatchObject({ count: 0, lastError: null });
  writer.discard();
});

test("how many lines there are is known without reading them, while it is written and when it is closed", async () => {
  const key = newKey();
  expect(await store.read({ ...key, from: 0, limit: 1 })).toMatchObject({ count: 0, closed: false });
  const writer = store.writer(key);
  append(writer, 0, 2_500);
  writer.flush();
  await expect.poll(async () => (await store.read({ ...key, from: 2_400, limit: 1 })).count).toBe(2_500);
  append(writer, 2_500, 2_600);
  await close(writer);
  expect(await store.read({ ...key, from: 0, limit: 1 })).toMatchObject({ count: 2_600, closed: true, ended: false });
});

test("the log of an attempt elsewhere has an index too, however its bytes were cut", async () => {
  const text = Array.from({ length: 4_200 }, (_, t) =>
    JSON.stringify({ t, level: "info", source: "logger", text: `ü ${t}` }),
  ).join("\n");
  const bytes = Buffer.from(`${text}\n`);
  for (const length of [999, 64_000, bytes.length]) {
    const key = newKey();
    let sink = new LogSink(pathOf(key), () => undefined);
    for (let at = 0, piece = 0; at < bytes.length; at += length, piece += 1) {
      // Another server goes on with what the one before has kept.
      if (piece === 2) {
        await sink.written();
        sink = new LogSink(pathOf(key), () => undefined);
      }
      // A piece that was kept comes for a second time where nobody is sure of it.
      const from = Math.max(0, at - 10);
      sink.take(from, bytes.subarray(from, at + length), () => undefined);
    }
    await sink.written();
    const { size } = await stat(pathOf(key).replace(/ndjson$/, "idx"));
    expect(size).toBe(4 * 16);
    const { lines, count } = await store.read({ ...key, from: 4_001, limit: 2 });
    expect([lines.map(({ text: own }) => own), count]).toEqual([["ü 4001", "ü 4002"], 4_200]);
  }
});
