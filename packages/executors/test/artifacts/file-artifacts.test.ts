import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ArtifactId,
  decode,
  type EncodedText,
  encode,
  listText,
  type Path,
  pick,
  pickText,
  pointerText,
  recordText,
} from "@millrace/core";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { artifactPath, draftsDir } from "../../src/artifacts/artifact-format.ts";
import { BlockingArtifactReader, lengthAt, textAt } from "../../src/artifacts/artifact-reader.ts";
import { FileArtifacts } from "../../src/artifacts/file-artifacts.ts";
import { writeArtifactBlocking } from "../../src/artifacts/write-artifact.ts";

let dir: string;
let artifacts: FileArtifacts;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "millrace-artifacts-"));
  artifacts = new FileArtifacts(dir);
});

afterAll(() => rm(dir, { recursive: true, force: true }));

/** Writes the text in chunks that fall anywhere, between the bytes of a letter too. */
function write(text: string, chunkBytes = 1_000_000): ArtifactId {
  const bytes = Buffer.from(text);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes));
  return writeArtifactBlocking(dir, chunks).artifact;
}

const steps = fc.oneof(fc.nat(6), fc.constantFrom("a", "b", "length", "$", "v", 'ü"\\'), fc.string());
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.string({ unit: "grapheme" }),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.date({ noInvalidDate: true }),
    fc.array(tie("value"), { maxLength: 6 }),
    fc.dictionary(fc.oneof(fc.constantFrom("a", "b", "$", "v", 'ü"\\'), fc.string()), tie("value"), { maxKeys: 5 }),
  ),
})).value;

test("what is read at a path is what the codec picks there, whatever the value and the chunks", async () => {
  const reader = new BlockingArtifactReader(dir);
  await fc.assert(
    fc.asyncProperty(values, fc.array(steps, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), async (...given) => {
      const [value, path, chunkBytes] = given;
      const text = encode(value);
      const id = write(text, chunkBytes);
      const expected = pick(decode(text), path);
      const read = await artifacts.readAt(id, path);
      expect(read === undefined ? undefined : decode(read)).toEqual(expected);
      expect(reader.search(id, textAt(path))).toBe(read);
      expect(await artifacts.listLength(id, path)).toBe(Array.isArray(expected) ? expected.length : undefined);
    }),
    { numRuns: 400 },
  );
});

test("elements of a long list are read by offset, their bounds exact", async () => {
  const orders = Array.from({ length: 20_000 }, (_, id) => ({
    id,
    name: `order ${"x".repeat(id % 50)} "],{`,
    tags: [id],
  }));
  const text = encode({ meta: { rows: { orders } }, total: orders.length });
  const id = write(text, 65_536);
  expect(await artifacts.listLength(id, ["meta", "rows", "orders"])).toBe(20_000);
  for (const index of [0, 1, 77, 9_999, 19_998, 19_999]) {
    expect(decode((await artifacts.readAt(id, ["meta", "rows", "orders", index])) ?? ("" as EncodedText))).toEqual(
      orders[index],
    );
    expect(await artifacts.readAt(id, ["meta", "rows", "orders", index, "id"])).toBe(String(index));
  }
  expect(await artifacts.readAt(id, ["meta", "rows", "orders", 20_000])).toBeUndefined();
  expect(await artifacts.readAt(id, ["total"])).toBe("20000");
});

test("a record with very many fields is still read by name", async () => {
  const fields = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`field ${n}`, [n, n + 1]]));
  const id = write(encode(fields));
  expect(await artifacts.readAt(id, ["field 2999"])).toBe("[2999,3000]");
  expect(await artifacts.listLength(id, ["field 2500"])).toBe(2);
});

test("reading an element reads a few kilobytes of the file, not all of it", () => {
  const id = write(encode(Array.from({ length: 200_000 }, (_, n) => ({ n, text: "some text of a row" }))));
  let bytesRead = 0;
  const counted: Path = [123_456, "n"];
  const text = new BlockingArtifactReader(dir).search(id, function* count(root) {
    const search = textAt(counted)(root);
    let step = search.next();
    while (step.done !== true) {
      const bytes: Buffer = yield step.value;
      bytesRead += bytes.length;
      step = search.next(bytes);
    }
    return step.value;
  });
  expect(text).toBe("123456");
  expect(bytesRead).toBeLessThan(64 * 1024);
});

test("a list of parts has no pointers left: their bytes are copied", async () => {
  const big = write(encode({ rows: [{ n: 1 }, { n: 2 }], when: new Date(0), map: new Map([["k", [1]]]) }));
  const parts = [
    encode(1),
    pointerText(big),
    pointerText(big, ["rows", 1]),
    pointerText(big, ["nowhere"]),
    pointerText(big, ["map", "size"]),
    recordText({ inner: pointerText(big, ["rows"]), text: encode('{"$":"Artifact","v":1}') }),
    pickText(encode({ list: [new Date(5)] }), ["list", 0]),
    pickText(listText([pointerText(big, ["rows"])]), [0, 0, "n"]),
  ];
  const { artifact, bytes } = await artifacts.writeList(parts);
  const whole = await artifacts.readAt(artifact, []);
  expect(Buffer.byteLength(whole ?? "")).toBe(bytes);
  expect(whole).not.toContain('{"$":"Artifact"');
  expect(decode(whole ?? ("" as EncodedText))).toEqual([
    1,
    { rows: [{ n: 1 }, { n: 2 }], when: new Date(0), map: new Map([["k", [1]]]) },
    { n: 2 },
    undefined,
    undefined,
    { inner: [{ n: 1 }, { n: 2 }], text: '{"$":"Artifact","v":1}' },
    new Date(5),
    1,
  ]);
  expect(await artifacts.listLength(artifact, [])).toBe(parts.length);
});

test("the same value is the same artifact, and no draft is left", async () => {
  const text = encode(["same"]);
  expect(write(text)).toBe(write(text));
  expect((await artifacts.writeList([encode("same")])).artifact).toBe(write(text));
  expect(await readdir(draftsDir(dir))).toEqual([]);
});

test("what a dead process left half written is removed, what a living one writes is not", async () => {
  await mkdir(draftsDir(dir), { recursive: true });
  const mine = join(draftsDir(dir), `${process.pid}-1-1`);
  await writeFile(mine, "half");
  await writeFile(join(draftsDir(dir), "4194399-1-1"), "half");
  await artifacts.tidy();
  expect(await readdir(draftsDir(dir))).toEqual([`${process.pid}-1-1`]);
  await rm(mine);
});

test("an artifact is removed, unless it was written again meanwhile", async () => {
  const id = write(encode(["removed"]));
  expect(await artifacts.remove(id, Date.now() - 60_000)).toBe(false);
  expect(await artifacts.readAt(id, [0])).toBe('"removed"');
  expect(await artifacts.remove(id, Date.now() + 60_000)).toBe(true);
  await expect(artifacts.readAt(id, [])).rejects.toMatchObject({ code: "ARTIFACT_MISSING" });
  // Whoever removed it before and could not say so removes it again.
  expect(await artifacts.remove(id, Date.now() + 60_000)).toBe(true);
  expect((await readdir(draftsDir(dir))).filter((name) => name.endsWith(id))).toEqual([]);
});

test("an artifact that is missing or damaged is said to be", async () => {
  await expect(artifacts.readAt("0".repeat(64) as ArtifactId, [])).rejects.toMatchObject({ code: "ARTIFACT_MISSING" });
  const id = write(encode(["damaged"]));
  const path = artifactPath(dir, id);
  await truncate(path, (await readFile(path)).length - 5);
  const fresh = new FileArtifacts(dir);
  await expect(fresh.readAt(id, [0])).rejects.toMatchObject({ code: "ARTIFACT_MISSING" });
  expect(() => new BlockingArtifactReader(dir).search(id, lengthAt([]))).toThrow("artifact storage");
});
