import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ArtifactId, decode, type EncodedText, encode, pointerText } from "@millrace/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BlockingArtifactReader } from "../../src/artifacts/artifact-reader.ts";
import { InputDecoder } from "../../src/child/decode-input.ts";
import { storeOutput } from "../../src/child/store-output.ts";

let artifactsDir: string;

beforeAll(async () => {
  artifactsDir = await mkdtemp(join(tmpdir(), "millrace-values-"));
});

afterAll(() => rm(artifactsDir, { recursive: true, force: true }));

const limits = () => ({ artifactsDir, inlineBytes: 1000, maxOutputBytes: 10_000_000 });

function spilled(value: unknown): ArtifactId {
  const { outcome } = storeOutput(value, "output of a test", limits());
  if (outcome.output !== "artifact") throw new Error("not spilled");
  return outcome.artifact as ArtifactId;
}

const rows = Array.from({ length: 5000 }, (_, n) => ({ n, when: new Date(n), note: n % 3 === 0 ? undefined : "ü" }));

test("a long list is encoded in stretches to the same text", () => {
  const { outcome, text } = storeOutput(
    Array.from({ length: 2000 }, () => null),
    "output",
    { ...limits(), inlineBytes: 100_000 },
  );
  expect(outcome.output).toBe("inline");
  expect(decode(text as EncodedText)).toEqual(Array.from({ length: 2000 }, () => null));
  expect(new BlockingArtifactReader(artifactsDir)).toBeDefined();
  const decoder = new InputDecoder(new BlockingArtifactReader(artifactsDir));
  expect(decoder.decode(pointerText(spilled(rows)))).toEqual(rows);
});

test("what is too large for one text is decoded part by part", () => {
  const value = { rows, total: rows.length, nested: { rows }, "odd name": rows };
  const id = spilled(value);
  const decoder = new InputDecoder(new BlockingArtifactReader(artifactsDir), 10_000);
  expect(decoder.decode(pointerText(id))).toEqual(value);
  expect(decoder.decode(pointerText(id, ["nested", "rows"]))).toEqual(rows);
  expect(decoder.decode(`[${pointerText(id, ["rows", 7])}]` as EncodedText)).toEqual([rows[7]]);
});

test("the bytes of a text count, not its letters", () => {
  expect(storeOutput("ü".repeat(499), "output", limits()).outcome.output).toBe("inline");
  expect(storeOutput("ü".repeat(500), "output", limits()).outcome.output).toBe("artifact");
  expect(storeOutput("u".repeat(998), "output", limits()).outcome.output).toBe("inline");
  expect(storeOutput(undefined, "output", limits())).toEqual({
    outcome: { state: "success", output: "none" },
    text: "",
  });
});

test("an element of a long list that cannot be stored is named by its index", () => {
  const list: unknown[] = [...rows];
  list[4321] = { deep: () => 1 };
  expect(() => storeOutput(list, "output of a test", limits())).toThrow(/element 4321.*deep/);
});

test("an output over the limit is refused with its whole size, and nothing of it stays", () => {
  const value = Array.from({ length: 3000 }, () => "x".repeat(10_000));
  expect(() => storeOutput(value, "output of a test", limits())).toThrow(/has 28\.\d MiB; the limit is 9\.5 MiB/);
  expect(encode(value).length).toBeGreaterThan(30_000_000);
});
