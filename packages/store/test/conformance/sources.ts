import { createHash } from "node:crypto";
import type { SavedSource, VersionId } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { AT_MS, runRow } from "../rows.ts";
import { commitTo, type Subject } from "./subject.ts";

const ids = ["1", "2", "3"].map((digit) => digit.repeat(64) as VersionId) as [VersionId, VersionId, VersionId];
const [first, second, third] = ids;

function source(path: string, text: string, changed: Partial<SavedSource> = {}): SavedSource {
  const content = new TextEncoder().encode(text);
  const hash = createHash("sha256").update(content).digest("hex");
  return { path, hash, bytes: content.length, leftOut: null, module: null, imports: [], content, ...changed };
}

const shared = source("lib/clean.ts", "export const clean = 1;\n");
const flow = source("flows/a.ts", "import '../lib/clean.ts';\n", { module: "flows.a.mjs", imports: ["lib/clean.ts"] });
const changed = source("flows/a.ts", "import '../lib/clean.ts'; // again\n", { module: "flows.a.mjs" });
const secret = source("flows/.env", "", { hash: null, bytes: 10, leftOut: "secret", content: null });

function withoutText({ content: _content, ...rest }: SavedSource): Omit<SavedSource, "content"> {
  return rest;
}

function savingIn(subject: Subject) {
  return (id: VersionId, sources: readonly SavedSource[], createdAtMs = AT_MS): Promise<void> =>
    subject.store.saveVersion({ id, createdAtMs, manifest: { flows: [] }, dependencies: {}, files: [] }, sources);
}

export function sourcesConform(subject: Subject): void {
  const save = savingIn(subject);
  const textOf = async ({ hash }: SavedSource): Promise<string | undefined> => {
    const found = await subject.store.sources.read(hash ?? "");
    return found === undefined ? undefined : new TextDecoder().decode(found);
  };

  describe("the sources of a version", () => {
    test("are listed by path, and read by their hash", async () => {
      await save(first, [shared, flow, secret]);
      const { sources } = await subject.openOther();
      expect(await sources.list(first)).toEqual([secret, flow, shared].map(withoutText));
      expect(await textOf(flow)).toBe("import '../lib/clean.ts';\n");
      expect(await sources.list(second)).toEqual([]);
      expect(await sources.read("0".repeat(64))).toBeUndefined();
    });

    test("are added to a version that was saved without them", async () => {
      await save(first, []);
      await save(first, [flow]);
      await save(first, [flow, shared]);
      expect(await subject.store.sources.list(first)).toEqual([flow, shared].map(withoutText));
      expect(await textOf(shared)).toBeDefined();
    });

    test("go with the last version that has them", async () => {
      await save(first, [shared, flow]);
      await subject.store.activateVersion(first, AT_MS);
      await save(second, [shared, changed]);
      await subject.store.activateVersion(second, AT_MS);
      expect(await subject.store.upkeep.removeVersion(first)).toBe(true);
      expect(await subject.store.sources.list(first)).toEqual([]);
      expect(await textOf(flow)).toBeUndefined();
      expect(await textOf(shared)).toBeDefined();
      expect(await textOf(changed)).toBeDefined();
    });
  });
}

export function versionListsConform(subject: Subject): void {
  const save = savingIn(subject);

  describe("the list of versions", () => {
    test("is the newest first, by page", async () => {
      await save(first, [], AT_MS);
      await save(third, [], AT_MS);
      await save(second, [], AT_MS + 1);
      const { sources } = subject.store;
      const page = await sources.listVersions({ limit: 2 });
      expect(page).toEqual([
        { id: second, createdAtMs: AT_MS + 1 },
        { id: third, createdAtMs: AT_MS },
      ]);
      const before = page[1] as (typeof page)[number];
      expect(await sources.listVersions({ before, limit: 2 })).toEqual([{ id: first, createdAtMs: AT_MS }]);
      expect(await sources.findManifest(second)).toEqual({
        id: second,
        createdAtMs: AT_MS + 1,
        manifest: { flows: [] },
      });
      expect(await sources.findManifest("4".repeat(64) as VersionId)).toBeUndefined();
    });

    test("says how many runs of a flow each made", async () => {
      const runs = [
        runRow({ version: first, flow: "a" }),
        runRow({ version: first, flow: "a" }),
        runRow({ version: first, flow: "b" }),
        runRow({ version: second, flow: "a" }),
      ];
      for (const run of runs) await commitTo(subject, { runs: [run] });
      const { sources } = subject.store;
      const ofFirst = { count: 2, newest: runs[1]?.id };
      const ofSecond = { count: 1, newest: runs[3]?.id };
      expect(await sources.countRuns("a", [second, third, first], 9)).toEqual(
        new Map([
          [first, ofFirst],
          [second, ofSecond],
        ]),
      );
      expect(await sources.countRuns("a", [first], 1)).toEqual(new Map([[first, { ...ofFirst, count: 1 }]]));
      expect(await sources.countRuns("a", [third], 9)).toEqual(new Map());
      expect(await sources.countRuns("a", [], 9)).toEqual(new Map());
    });
  });
}
