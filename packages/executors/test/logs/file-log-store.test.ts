import { appendFile, mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttemptId, RunId } from "@millrace/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFileLogStore } from "../../src/logs/file-log-store.ts";
import type { LogKey, LogLine, LogWriter } from "../../src/logs/log-store.ts";

let dir: string;
let keys = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "millrace-logs-"));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

function newKey(): LogKey {
  keys += 1;
  return { run: "01RUN" as RunId, attempt: keys as AttemptId };
}

function line(text: string): LogLine {
  return { t: 1, level: "info", source: "console", text };
}

function close(writer: LogWriter): Promise<void> {
  return new Promise((resolve) => writer.close(resolve));
}

function pathOf(key: LogKey): string {
  return join(dir, key.run, `${key.attempt}.ndjson`);
}

test("lines are read back in windows, by their numbers", async () => {
  const store = createFileLogStore({ dir });
  const key = newKey();
  const writer = store.writer(key);
  for (let number = 0; number < 5_500; number += 1) writer.append(line(`line ${number} of ü`));
  await close(writer);
  for (const from of [0, 1, 999, 1000, 1001, 4_321, 5_499]) {
    const page = await store.read({ ...key, from, limit: 3 });
    expect(page.lines.map(({ text }) => text)).toEqual(
      [from, from + 1, from + 2].filter((number) => number < 5_500).map((number) => `line ${number} of ü`),
    );
    expect(page.ended).toBe(from + 3 >= 5_500);
  }
  expect((await store.read({ ...key, from: 5_500, limit: 3 })).lines).toEqual([]);
});

test("lines that come while others are on their way to the disk are found by their numbers", async () => {
  const store = createFileLogStore({ dir });
  const key = newKey();
  const writer = store.writer(key);
  for (let number = 0; number < 20_000; number += 1) {
    writer.append(line(`line ${number} ${"x".repeat(100)}`));
    // A disk writes while the event loop goes on, and most lines come between two of its turns.
    if (number % 2_000 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const during = await store.read({ ...key, from: 0, limit: 20_000 });
  expect(during.count).toBe(during.lines.length);
  await close(writer);
  for (let from = 0; from < 20_000; from += 999) {
    const page = await store.read({ ...key, from, limit: 1 });
    expect([from, page.lines[0]?.text.split(" ")[1]]).toEqual([from, String(from)]);
    const [hit] = await store.search({ ...key, text: `line ${from} `, from: 0, limit: 1 });
    expect([from, hit?.number]).toEqual([from, from]);
  }
});

test("a window far into a log reads only a part of it", async () => {
  const store = createFileLogStore({ dir });
  const key = newKey();
  const writer = store.writer(key);
  for (let number = 0; number < 30_000; number += 1) writer.append(line("x".repeat(100)));
  await close(writer);
  // Destroying the beginning shows that it is not looked at: the numbers come from the index.
  const file = await open(pathOf(key), "r+");
  await file.write(Buffer.alloc(1_000_000, "\n"), 0, 1_000_000, 0);
  await file.close();
  expect((await store.read({ ...key, from: 29_999, limit: 10 })).lines).toHaveLength(1);
});

test("a log that nobody wrote to has no file and is empty", async () => {
  const store = createFileLogStore({ dir });
  const key = newKey();
  await close(store.writer(key));
  await expect(stat(pathOf(key))).rejects.toMatchObject({ code: "ENOENT" });
  expect(await store.read({ ...key, from: 0, limit: 10 })).toMatchObject({ lines: [], ended: true, count: 0 });
  expect(await store.search({ ...key, from: 0, limit: 10, text: "x" })).toEqual([]);
});

test("a log over its limit says so and takes no more", async () => {
  const store = createFileLogStore({ dir, maxBytes: 10_000 });
  const key = newKey();
  const writer = store.writer(key);
  for (let number = 0; number < 1000; number += 1) writer.append(line(`line ${number}`));
  await close(writer);
  const { lines } = await store.read({ ...key, from: 0, limit: 10_000 });
  expect(lines.length).toBeLessThan(300);
  expect(lines.at(-1)).toMatchObject({ source: "system", level: "warn" });
  expect(lines.at(-1)?.text).toContain("limit");
  expect((await stat(pathOf(key))).size).toBeLessThan(10_500);
});

test("search finds lines whatever their case, from a line on and up to a limit", async () => {
  const store = createFileLogStore({ dir });
  const key = newKey();
  const writer = store.writer(key);
  for (let number = 0; number < 3_000; number += 1)
    writer.append(line(number % 500 === 7 ? `Found ${number}` : "nothing"));
  await close(writer);
  const hits = await store.search({ ...key, text: "fOUND", from: 100, limit: 3 });
  expect(hits.map(({ number, line: { text } }) => [number, text])).toEqual([
    [507, "Found 507"],
    [1007, "Found 1007"],
    [1507, "Found 1507"],
  ]);
});

test("search finds what reading every line would", async () => {
  const store = createFileLogStore({ dir });
  const said = [
    'say "Hi"',
    "C:\\temp",
    "\u001b[31mRed\u001b[0m",
    "Größe ÄRGER",
    "ÄÖ",
    "text",
    "info",
    "",
    "日本 語",
    "{}",
  ];
  const key = newKey();
  const writer = store.writer(key);
  const texts = Array.from({ length: 2_600 }, (_, number) => `${said[number % said.length]}${said[number % 7]}`);
  for (const [number, text] of texts.entries()) {
    writer.append({ ...line(text), ...(number % 3 === 0 ? { data: { text: said[number % 4] } } : {}) });
  }
  await close(writer);
  for (const text of [...said, "hi", "SAY", "\\t", "red", "grÖß", "info", "t", "äö", "nowhere", "[31m", '"', "{}{"]) {
    const naive = [...texts.entries()].filter(([, one]) => one.toLowerCase().includes(text.toLowerCase()));
    const hits = await store.search({ ...key, text, from: 0, limit: 9_999 });
    expect([text, hits.map(({ number, line: { text: found } }) => [number, found])]).toEqual([text, naive]);
    const some = await store.search({ ...key, text, from: 1_111, limit: 5 });
    const expected = naive.filter(([number]) => number >= 1_111).slice(0, 5);
    expect([text, some.map(({ number }) => number)]).toEqual([text, expected.map(([number]) => number)]);
  }
});

test("search counts by the index, or without one, and reads lines of any length and foreign ones", async () => {
  const store = createFileLogStore({ dir });
  const key = newKey();
  const writer = store.writer(key);
  for (let number = 0; number < 9_000; number += 1) writer.append(line(`${"x".repeat(100)} ${number}`));
  writer.append({ ...line("Long"), data: "y".repeat(1_500_000) });
  await close(writer);
  await appendFile(pathOf(key), '\n{"t":1}\nforeign\n');
  const find = async (text: string) =>
    (await store.search({ ...key, text, from: 0, limit: 9 })).map((hit) => hit.number);
  const all = async () => [await find("x 8999"), await find("long"), await find("t"), await find("FOREIGN")];
  const found = await all();
  expect(found).toEqual([[8_999], [9_000], [9_003], [9_004]]);
  await rm(pathOf(key).replace(/\.ndjson$/, ".idx"));
  expect(await all()).toEqual(found);
});

test("a follower gets lines as they come and ends with the log", async () => {
  const store = createFileLogStore({ dir });
  const key = newKey();
  const writer = store.writer(key);
  const seen: string[] = [];
  const signal = new AbortController().signal;
  const following = (async () => {
    for await (const { text } of store.follow({ ...key, from: 0, signal })) {
      seen.push(text);
      // The next line is written only when the one before has been seen.
      if (seen.length < 5) {
        writer.append(line(`line ${seen.length}`));
        writer.flush();
      } else if (seen.length === 5) writer.close(() => undefined);
    }
  })();
  writer.append(line("line 0"));
  writer.flush();
  await following;
  expect(seen).toEqual(["line 0", "line 1", "line 2", "line 3", "line 4"]);
});

test("a follower ends when it is told to, with all that is there by then", async () => {
  const store = createFileLogStore({ dir });
  const key = newKey();
  const writer = store.writer(key);
  writer.append(line("first"));
  writer.append(line("second"));
  writer.flush();
  const controller = new AbortController();
  const seen: string[] = [];
  for await (const { text } of store.follow({ ...key, from: 0, signal: controller.signal })) {
    seen.push(text);
    controller.abort();
  }
  expect(seen).toEqual(["first", "second"]);
  await close(writer);
});

test("a follower of a log that nobody writes to waits for the word", async () => {
  const controller = new AbortController();
  const following = createFileLogStore({ dir }).follow({ ...newKey(), from: 0, signal: controller.signal });
  const next = following[Symbol.asyncIterator]().next();
  controller.abort();
  expect(await next).toMatchObject({ done: true });
});

test("a line that a crash tore is shown as it is, and the next is whole", async () => {
  const store = createFileLogStore({ dir });
  const key = newKey();
  const writer = store.writer(key);
  writer.append(line("whole"));
  await close(writer);
  await appendFile(pathOf(key), '{"t":1,"level":"in\n');
  const { lines } = await store.read({ ...key, from: 0, limit: 10 });
  expect(lines.map(({ text }) => text)).toEqual(["whole"]);
});

test("a disk that takes nothing loses lines, never the attempt, and is reported once", async () => {
  const problems: Error[] = [];
  const store = createFileLogStore({ dir: "/dev/full/logs", onProblem: (error) => problems.push(error) });
  const writer = store.writer(newKey());
  for (let number = 0; number < 10_000; number += 1) writer.append(line("x".repeat(100)));
  await close(writer);
  expect(problems).toHaveLength(1);
});

test("the logs of a run are removed together", async () => {
  const store = createFileLogStore({ dir });
  const key = { run: "01GONE" as RunId, attempt: 1 as AttemptId };
  const writer = store.writer(key);
  writer.append(line("gone"));
  await close(writer);
  await store.remove(key.run);
  await store.remove(key.run);
  expect(await store.read({ ...key, from: 0, limit: 10 })).toMatchObject({ lines: [], ended: true, count: 0 });
});

test("a log that is discarded keeps what was written, and gets no line and no end any more", async () => {
  const store = createFileLogStore({ dir });
  const key = newKey();
  const writer = store.writer(key);
  writer.append(line("written"));
  writer.flush();
  await expect.poll(async () => (await store.read({ ...key, from: 0, limit: 9 })).lines).toHaveLength(1);
  writer.append(line("buffered"));
  writer.discard();
  writer.append(line("late"));
  await close(writer);
  const { lines, ended } = await store.read({ ...key, from: 0, limit: 9 });
  expect(lines.map(({ text }) => text)).toEqual(["written"]);
  expect(ended).toBe(false);
});
