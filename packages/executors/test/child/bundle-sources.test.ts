import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { ErrorInfo } from "@millrace/core";
import { afterAll, beforeAll, expect, test } from "vitest";

const DESCRIBE = fileURLToPath(new URL("../fixtures/describe-mapped.ts", import.meta.url));
const SOURCE = ["export function load() {", "  const key = 's3cret-key';", "  throw new Error('no ' + key);", "}", ""];

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "millrace-frames-"));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

/** Line by line the same code; the map says that it came from elsewhere, and holds it. */
async function writeBundle(): Promise<string> {
  const map = {
    version: 3,
    sources: ["../flows/orders.ts"],
    sourcesContent: [SOURCE.join("\n")],
    names: [],
    mappings: SOURCE.map((_line, index) => (index === 0 ? "AAAA" : "AACA")).join(";"),
  };
  const file = join(dir, "bundle", "orders.mjs");
  await mkdir(join(dir, "bundle"));
  await writeFile(`${file}.map`, JSON.stringify(map));
  await writeFile(file, `${SOURCE.join("\n")}\n//# sourceMappingURL=orders.mjs.map\n`);
  return file;
}

test("an error shows the source line that the bundle's map holds, with two around it, and no secret", async () => {
  const entry = await writeBundle();
  const conditions = process.execArgv.filter((arg) => arg.startsWith("--conditions="));
  const told = execFileSync(process.execPath, [...conditions, DESCRIBE, dir, entry], { encoding: "utf8" });
  expect(told).not.toContain("s3cret");
  const { name, frame, cause } = JSON.parse(told) as ErrorInfo;
  // The outer one was made elsewhere: nothing of the bundle is in its stack.
  expect([name, frame]).toEqual(["TypeError", null]);
  expect(cause?.message).toBe("no ***");
  expect(cause?.stack).toContain(join(dir, "flows", "orders.ts"));
  expect(cause?.frame?.split("\n")).toEqual([
    "flows/orders.ts:3:1",
    "  1 | export function load() {",
    "  2 |   const key = '***';",
    "> 3 |   throw new Error('no ' + key);",
    "    | ^",
    "  4 | }",
    "  5 |",
  ]);
});
