import fc from "fast-check";
import { expect, test } from "vitest";
import { AttemptLog } from "../../src/logs/attempt-log.ts";
import type { LogLine, LogWriter } from "../../src/logs/log-store.ts";
import { SecretMask } from "../../src/logs/secret-mask.ts";

/** A log that keeps its lines in memory. */
function open(secrets: readonly string[] = []): { log: AttemptLog; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const writer: LogWriter = {
    append: (line) => lines.push(line),
    flush: () => undefined,
    overfull: false,
    relieved: (callback) => callback(),
    discard: () => undefined,
    close: (done) => done(),
  };
  const mask = new SecretMask();
  mask.add(secrets);
  return { log: new AttemptLog(() => writer, mask), lines };
}

function feed(log: AttemptLog, bytes: Buffer, cuts: readonly number[]): void {
  for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
    const length = cuts[cut % cuts.length] ?? 1;
    log.chunk("stdout", bytes.subarray(at, at + length));
    at += length;
  }
  log.close(() => undefined);
}

const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 10 });

test("lines are whole wherever the chunks were cut, between the bytes of a letter too", () => {
  const texts = fc.array(
    fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, "")),
    { maxLength: 10 },
  );
  fc.assert(
    fc.property(texts, cuts, (given, cut) => {
      const { log, lines } = open();
      feed(log, Buffer.from(given.map((text) => `${text}\n`).join("")), cut);
      expect(lines.map(({ text }) => text)).toEqual(given.map((text) => text.toWellFormed()));
    }),
  );
});

test("a secret is masked wherever the chunks were cut", () => {
  fc.assert(
    fc.property(cuts, fc.nat(70_000), (cut, before) => {
      const { log, lines } = open(["hunter2-hunter2", "a\nkey of\ntwo lines"]);
      feed(log, Buffer.from(`${"x".repeat(before)}hunter2-hunter2\nkey of\n`), [...cut, 65_000]);
      const text = JSON.stringify(lines);
      expect(text).not.toMatch(/hunter|key of/);
      expect(lines).toHaveLength(2);
    }),
  );
});

test("secrets are masked as URLs and JSON write them, and short values are let through", () => {
  const { log, lines } = open(['p&ss"word', "abc"]);
  log.call({ atMs: 0, level: "info", source: "logger", data: { url: "p%26ss%22word", own: 'p&ss"word' } }, "abc");
  expect(lines).toEqual([{ t: 0, level: "info", source: "logger", text: "abc", data: { url: "***", own: "***" } }]);
});

test("a line over the limit is cut with a note, and what follows is not lost", () => {
  const { log, lines } = open();
  log.chunk("stderr", Buffer.alloc(10_000_000, "a"));
  log.chunk("stderr", Buffer.from("still the same line\nnext\r\nlast"));
  log.close(() => undefined);
  expect(lines.map(({ text, level }) => [text.length < 66_000, text.slice(-40).includes("cut"), level])).toEqual(
    [
      [true, false, "warn"],
      [true, false, "warn"],
      [true, false, "warn"],
    ].map(([short, _cut, level], index) => [
      short,
      index === 0 && (lines[0]?.text ?? "").slice(-40).includes("KB"),
      level,
    ]),
  );
  expect(lines.slice(1).map(({ text }) => text)).toEqual(["next", "last"]);
});
