import type { VaultRow } from "@millrace/core";
import { describe, expect, test } from "vitest";
import type { Subject } from "./subject.ts";

const TOKEN: VaultRow = {
  kind: "secret",
  name: "shop-token",
  version: 1,
  holding: { kind: "sealed", keyId: "k1", text: "c2VhbGVk" },
  description: null,
  setBy: "ada",
  setAtMs: 1_700_000_000_000,
};
const REGION: VaultRow = { ...TOKEN, kind: "variable", name: "region", holding: { kind: "plain", text: "eu" } };
const MOUNTED: VaultRow = {
  ...TOKEN,
  name: "a-file",
  holding: { kind: "reference", to: "file:/run/secrets/x" },
  description: "from the platform",
};

export function vaultConforms(subject: Subject): void {
  describe("the vault", () => {
    test("gives back what was put into it, in order", async () => {
      const { vault } = subject.store;
      for (const row of [REGION, TOKEN, MOUNTED]) expect(await vault.put(row)).toBe(true);
      const other = (await subject.openOther()).vault;
      expect(await other.list()).toEqual([MOUNTED, TOKEN, REGION]);
      expect(await other.find("secret", "shop-token")).toEqual(TOKEN);
      expect(await other.find("variable", "shop-token")).toBeUndefined();
    });

    test("takes the next version of an entry and no other", async () => {
      const { vault } = subject.store;
      const next: VaultRow = { ...TOKEN, version: 2, setBy: "grace" };
      await vault.put(TOKEN);
      expect(await vault.put(TOKEN)).toBe(false);
      expect(await vault.put({ ...next, version: 3 })).toBe(false);
      expect(await vault.find("secret", "shop-token")).toEqual(TOKEN);
      expect(await vault.put(next)).toBe(true);
      expect(await vault.find("secret", "shop-token")).toEqual(next);
    });

    test("takes one of two who write the same version", async () => {
      const other = (await subject.openOther()).vault;
      const taken = await Promise.all([subject.store.vault.put(TOKEN), other.put({ ...TOKEN, setBy: "grace" })]);
      expect(taken.filter((each) => each)).toHaveLength(1);
    });

    test("keeps the versions of what was removed", async () => {
      const { vault } = subject.store;
      const removed: VaultRow = { ...TOKEN, version: 2, holding: { kind: "removed" } };
      await vault.put(TOKEN);
      await vault.put(removed);
      expect(await vault.list()).toEqual([]);
      expect(await vault.find("secret", "shop-token")).toEqual(removed);
      expect(await vault.put(TOKEN)).toBe(false);
      expect(await vault.put({ ...TOKEN, version: 3 })).toBe(true);
    });

    test("reseals the version that is there with the key that it has", async () => {
      const { vault } = subject.store;
      await vault.put(TOKEN);
      await vault.put(REGION);
      const { kind, name, version } = TOKEN;
      const seal = { kind, name, version, fromKeyId: "k1", keyId: "k2", text: "bmV3" };
      expect(await vault.reseal({ ...seal, version: 2 })).toBe(false);
      expect(await vault.reseal({ ...seal, fromKeyId: "k0" })).toBe(false);
      expect(await vault.reseal({ ...seal, kind: "variable", name: "region" })).toBe(false);
      expect(await vault.reseal(seal)).toBe(true);
      expect(await vault.reseal(seal)).toBe(false);
      const holding = { kind: "sealed", keyId: "k2", text: "bmV3" };
      expect(await vault.find("secret", "shop-token")).toEqual({ ...TOKEN, holding });
    });
  });
}
