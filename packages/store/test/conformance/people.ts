import type { CredentialRow, GuessesRow, UserRow } from "@millrace/core";
import { describe, expect, test } from "vitest";
import type { Subject } from "./subject.ts";

const AT_MS = 1_700_000_000_000;
const ADA: UserRow = {
  name: "ada",
  version: 1,
  password: "scrypt$…",
  grants: [{ role: "admin", flows: "*" }],
  createdAtMs: AT_MS,
  disabledAtMs: null,
  setBy: "setup",
  setAtMs: AT_MS,
};
const BEN: UserRow = { ...ADA, name: "ben", password: null, grants: [], disabledAtMs: AT_MS + 1 };
const TOKEN: CredentialRow = {
  kind: "api",
  id: "ci",
  hash: "aa",
  user: "ada",
  grants: [{ role: "operator", flows: "orders-*" }],
  createdBy: "ada",
  createdAtMs: AT_MS,
  expiresAtMs: AT_MS + 1_000,
  usedAtMs: null,
  usedFrom: null,
};
const WORKER: CredentialRow = { ...TOKEN, kind: "worker", hash: "bb", user: null, grants: [], expiresAtMs: null };
const GUESSES: GuessesRow = { account: "h1", version: 1, atMs: [AT_MS], lastAtMs: AT_MS };

export function peopleConform(subject: Subject): void {
  describe("people", () => {
    test("are kept, in order, and known to be there", async () => {
      const { people } = subject.store;
      expect(await people.hasUsers()).toBe(false);
      for (const row of [BEN, ADA]) expect(await people.putUser(row)).toBe(true);
      const other = (await subject.openOther()).people;
      expect(await other.hasUsers()).toBe(true);
      expect(await other.listUsers()).toEqual([ADA, BEN]);
      expect(await other.findUser("ben")).toEqual(BEN);
      expect(await other.findUser("eve")).toBeUndefined();
    });

    test("take the next version and no other", async () => {
      const { people } = subject.store;
      await people.putUser(ADA);
      expect(await people.putUser({ ...ADA, grants: [] })).toBe(false);
      expect(await people.putUser({ ...ADA, version: 3 })).toBe(false);
      const next = { ...ADA, version: 2, grants: [], disabledAtMs: AT_MS, setBy: "ben", setAtMs: AT_MS + 5 };
      expect(await people.putUser(next)).toBe(true);
      expect(await people.findUser("ada")).toEqual(next);
    });
  });
}

export function credentialsConform(subject: Subject): void {
  describe("people", () => {
    test("are let in by credentials until these are removed", async () => {
      const { people } = subject.store;
      expect(await people.addCredential(TOKEN)).toBe(true);
      expect(await people.addCredential({ ...TOKEN, hash: "cc" })).toBe(false);
      expect(await people.addCredential(WORKER)).toBe(true);
      await people.recordUse("aa", AT_MS + 7, "127.0.0.1");
      const used = { ...TOKEN, usedAtMs: AT_MS + 7, usedFrom: "127.0.0.1" };
      expect(await people.findCredential("aa")).toEqual(used);
      expect(await people.findCredential("cc")).toBeUndefined();
      expect(await people.listCredentials("api")).toEqual([used]);
      expect(await people.removeCredential("api", "ci")).toBe(true);
      expect(await people.removeCredential("api", "ci")).toBe(false);
      await people.recordUse("aa", AT_MS + 8, "127.0.0.1");
      expect(await people.findCredential("aa")).toBeUndefined();
      expect(await people.listCredentials("worker")).toEqual([WORKER]);
    });

    test("lose all credentials of a kind, or those that expired", async () => {
      const { people } = subject.store;
      const rows = [
        TOKEN,
        WORKER,
        { ...TOKEN, id: "cd", hash: "dd" },
        { ...TOKEN, id: "ben", hash: "ee", user: "ben" },
      ];
      for (const row of rows) await people.addCredential(row);
      expect(await people.removeCredentials("session", "ada")).toBe(0);
      expect(await people.removeCredentials("api", "ada")).toBe(2);
      await people.removeExpired(AT_MS + 1_000);
      expect(await people.listCredentials("api")).toHaveLength(1);
      await people.removeExpired(AT_MS + 1_001);
      expect(await people.listCredentials("api")).toEqual([]);
      expect(await people.removeCredentials("worker", null)).toBe(1);
    });

    test("are guessed at, and each guess is counted once", async () => {
      const { people } = subject.store;
      expect(await people.findGuesses("h1")).toBeUndefined();
      expect(await people.putGuesses(GUESSES)).toBe(true);
      expect(await people.putGuesses(GUESSES)).toBe(false);
      const next = { ...GUESSES, version: 2, atMs: [AT_MS, AT_MS + 1], lastAtMs: AT_MS + 1 };
      expect(await people.putGuesses(next)).toBe(true);
      await people.removeGuesses(AT_MS + 1);
      expect(await people.findGuesses("h1")).toEqual(next);
      await people.removeGuesses(AT_MS + 2);
      expect(await people.findGuesses("h1")).toBeUndefined();
    });
  });
}
