import type { StoredVersion, VersionId } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { AT_MS } from "../rows.ts";
import type { Subject } from "./subject.ts";

function version(id: string): StoredVersion {
  return {
    id: id.repeat(64) as VersionId,
    createdAtMs: AT_MS,
    manifest: { flows: [] },
    dependencies: { zod: "4.1.0" },
    files: [
      { path: "flows/daily.js", content: new TextEncoder().encode("export default 1;\n") },
      { path: "sql/binary.bin", content: Uint8Array.from({ length: 256 }, (_, byte) => byte) },
      { path: "sql/empty.sql", content: new Uint8Array() },
    ],
  };
}

export function versionsConform(subject: Subject): void {
  describe("a version", () => {
    test("comes back byte for byte, in every process", async () => {
      await subject.store.saveVersion(version("a"));
      const found = await (await subject.openOther()).findVersion(version("a").id);
      expect(found).toEqual(version("a"));
      expect(await subject.store.findVersion(version("b").id)).toBeUndefined();
    });

    test("is saved once, since its id is its content", async () => {
      await subject.store.saveVersion(version("a"));
      await subject.store.saveVersion({ ...version("a"), createdAtMs: AT_MS + 1 });
      expect(await subject.store.findVersion(version("a").id)).toEqual(version("a"));
    });

    test("is active from when it is said to be until another is", async () => {
      expect(await subject.store.activeVersion()).toBeUndefined();
      await subject.store.saveVersion(version("a"));
      await subject.store.saveVersion(version("b"));
      expect(await subject.store.activeVersion()).toBeUndefined();
      await subject.store.activateVersion(version("b").id, AT_MS);
      expect(await (await subject.openOther()).activeVersion()).toBe(version("b").id);
      await subject.store.activateVersion(version("a").id, AT_MS + 1);
      expect(await subject.store.activeVersion()).toBe(version("a").id);
    });

    test("that is not there cannot be activated", async () => {
      await expect(subject.store.activateVersion(version("a").id, AT_MS)).rejects.toMatchObject({
        code: "UNKNOWN_VERSION",
      });
      expect(await subject.store.activeVersion()).toBeUndefined();
    });
  });
}
