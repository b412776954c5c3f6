import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Store, VaultRow } from "@millrace/core";
import { openSqliteStore } from "@millrace/store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ProjectVault } from "../../src/security/project-vault.ts";

const KEY_1 = Buffer.alloc(32, 1).toString("base64");
const KEY_2 = Buffer.alloc(32, 2).toString("base64");
const VALUE = 'päss word "1"';

let dir: string;
let store: Store;

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "millrace-vault-"));
  store = await openSqliteStore({ path: path.join(dir, "millrace.db") });
});
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

/** The vault as one process has it. */
function vaultWith(env: NodeJS.ProcessEnv = {}): ProjectVault {
  return new ProjectVault(store.vault, { dir, dataDir: dir }, env);
}

function change(text: string) {
  return { value: { text }, description: undefined, actor: "ada" };
}

const keyFile = (): string => path.join(dir, "secret-key");
const keysInFile = (): number =>
  readFileSync(keyFile(), "utf8")
    .split("\n")
    .filter((line) => /^[^#]/.test(line)).length;
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const row = async (name: string): Promise<VaultRow> => (await store.vault.find("secret", name)) as VaultRow;

describe("a secret", () => {
  test("comes back, and is neither in the list nor in the database's files", async () => {
    const entry = await vaultWith().set("secret", "token", { ...change(VALUE), description: "of the shop" });
    expect(await vaultWith().read("secret", "token")).toBe(VALUE);
    const listed = await vaultWith().list("secret");
    expect(listed).toEqual([entry]);
    expect(listed).toMatchObject([
      { version: 1, source: "stored", value: null, setBy: "ada", description: "of the shop" },
    ]);
    const files = ["millrace.db", "millrace.db-wal"].map((file) => path.join(dir, file)).filter(existsSync);
    for (const file of files) expect(readFileSync(file).includes('word "1"')).toBe(false);
  });

  test("gets a new version with each change, keeps its description, and is gone when it is removed", async () => {
    const vault = vaultWith();
    await vault.set("secret", "token", { ...change("one 1"), description: "of the shop" });
    expect(await vault.set("secret", "token", change("two 2"))).toMatchObject({
      version: 2,
      description: "of the shop",
    });
    await vault.remove("secret", "token", "grace");
    await expect(vault.read("secret", "token")).rejects.toThrow(code("MISSING_SECRET"));
    await expect(vault.remove("secret", "token", "grace")).rejects.toThrow(code("MISSING_SECRET"));
    expect(await vault.set("secret", "token", change("three 3"))).toMatchObject({ version: 4 });
    expect(await vault.read("secret", "token")).toBe("three 3");
  });

  test("that many set at once has one version for each of them", async () => {
    const values = Array.from({ length: 8 }, (_, index) => `value ${index}`);
    const set = await Promise.all(values.map((value) => vaultWith().set("secret", "token", change(value))));
    expect(new Set(set.map(({ version }) => version))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
    expect(values).toContain(await vaultWith().read("secret", "token"));
  });

  test("does not open when its row was changed, exchanged with another, or put back", async () => {
    const vault = vaultWith();
    await vault.set("secret", "one", change("value one"));
    await vault.set("secret", "two", change("value two"));
    const [one, two] = [await row("one"), await row("two")];
    const text = (one.holding as { readonly text: string }).text;
    const flipped = Buffer.from(text, "base64").map((byte, index) => (index === 30 ? byte ^ 1 : byte));
    const forged = [
      { ...one, version: 2, holding: two.holding },
      { ...one, version: 3, holding: one.holding },
      { ...one, version: 4, holding: { ...one.holding, text: Buffer.from(flipped).toString("base64") } },
      { ...one, version: 5, holding: { ...one.holding, text: "" } },
    ] as VaultRow[];
    for (const each of forged) {
      expect(await store.vault.put(each)).toBe(true);
      await expect(vault.read("secret", "one")).rejects.toThrow(code("SECRET_UNREADABLE"));
    }
  });

  test("may be somewhere else, where it is read each time", async () => {
    const vault = vaultWith();
    const file = path.join(dir, "mounted");
    await vault.set("secret", "mounted", { ...change(""), value: { reference: "file:mounted" } });
    await expect(vault.read("secret", "mounted")).rejects.toThrow(code("MISSING_SECRET"));
    for (const value of ["first", "second"]) {
      writeFileSync(file, `${value}\n`);
      expect(await vault.read("secret", "mounted")).toBe(value);
    }
    expect(await vault.list("secret")).toMatchObject([{ source: "file:mounted", keyId: null, value: null }]);
    expect(existsSync(keyFile())).toBe(false);
    await vault.set("secret", "home", { ...change(""), value: { reference: "env:PATH" } });
    expect(await vault.read("secret", "home")).toBe(process.env["PATH"]);
    for (const reference of ["env:", "env:A B", "file:", "ftp:x", "constructor:x", "x"]) {
      const bad = vault.set("secret", "bad", { ...change(""), value: { reference } });
      await expect(bad).rejects.toThrow(code("USAGE"));
    }
  });

  test("has a name, is not empty, and is not too long", async () => {
    const vault = vaultWith();
    await expect(vault.set("secret", "a b", change("x"))).rejects.toThrow(code("INVALID_NAME"));
    await expect(vault.set("secret", "a", change(""))).rejects.toThrow(code("USAGE"));
    await expect(vault.set("secret", "a", change("x".repeat(65_537)))).rejects.toThrow(code("USAGE"));
    expect(await vault.list("secret")).toEqual([]);
  });
});

test("a variable is plain, and apart from the secrets", async () => {
  const vault = vaultWith();
  await vault.set("variable", "region", change("eu"));
  expect(await vault.read("variable", "region")).toBe("eu");
  expect(await vault.list("variable")).toMatchObject([{ name: "region", value: "eu" }]);
  expect(await vault.list("secret")).toEqual([]);
  await expect(vault.read("variable", "regoin")).rejects.toThrow(
    expect.objectContaining({ code: "MISSING_VARIABLE", hint: expect.stringContaining('"region"') }),
  );
});

describe("the keys", () => {
  test("are made for the owner alone, and refused when others may read them", async () => {
    await vaultWith().set("secret", "token", change(VALUE));
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    for (const mode of [0o604, 0o602, 0o601]) {
      chmodSync(keyFile(), mode);
      await expect(vaultWith().read("secret", "token")).rejects.toThrow(code("INVALID_SECRET_KEY"));
    }
  });

  test("that do not fit are told from rows that were changed, and no new one is made beside sealed secrets", async () => {
    await vaultWith().set("secret", "token", change(VALUE));
    rmSync(keyFile());
    await expect(vaultWith().read("secret", "token")).rejects.toThrow(code("SECRET_UNREADABLE"));
    await expect(vaultWith().set("secret", "other", change("x y z"))).rejects.toThrow(code("INVALID_SECRET_KEY"));
    expect(existsSync(keyFile())).toBe(false);
  });

  test.each(["geheim", KEY_1.slice(4), `${KEY_1},x`, "!".repeat(44)])("are not %s", async (given) => {
    const set = vaultWith({ MILLRACE_SECRET_KEY: given }).set("secret", "token", change(VALUE));
    await expect(set).rejects.toThrow(code("INVALID_SECRET_KEY"));
  });

  test("in the environment: the first seals, all open, and rotation goes to the first", async () => {
    const before = vaultWith({ MILLRACE_SECRET_KEY: KEY_1 });
    await before.set("secret", "token", change(VALUE));
    const both = vaultWith({ MILLRACE_SECRET_KEY: `${KEY_2}, ${KEY_1}` });
    expect(await both.read("secret", "token")).toBe(VALUE);
    expect(await both.rotateKey(true)).toMatchObject({ resealed: 1, forgotten: 0, place: "MILLRACE_SECRET_KEY" });
    expect(await vaultWith({ MILLRACE_SECRET_KEY: KEY_2 }).read("secret", "token")).toBe(VALUE);
    await expect(before.read("secret", "token")).rejects.toThrow(code("SECRET_UNREADABLE"));
    expect(existsSync(keyFile())).toBe(false);
  });

  test("in a file are rotated while others read and write", async () => {
    const server = vaultWith();
    for (let index = 0; index < 20; index += 1) await server.set("secret", `s${index}`, change(`value ${index}`));
    const reading = Promise.all(Array.from({ length: 20 }, (_, index) => server.read("secret", `s${index}`)));
    const writing = server.set("secret", "s7", change("another value"));
    const { keyId, resealed } = await vaultWith().rotateKey(false);
    expect(await reading).toContain("value 19");
    await writing;
    expect(resealed).toBeGreaterThanOrEqual(19);
    expect(keysInFile()).toBe(2);
    // The process that was there before has not been told, and looks.
    expect(await server.read("secret", "s19")).toBe("value 19");
    expect(await server.read("secret", "s7")).toBe("another value");
    const again = await vaultWith().rotateKey(true);
    expect(again).toMatchObject({ keyId, forgotten: 1 });
    expect(keysInFile()).toBe(1);
    expect(await server.read("secret", "s0")).toBe("value 0");
  });

  test("may be in a file of another name", async () => {
    const vault = vaultWith({ MILLRACE_SECRET_KEY_FILE: "keys/mine" });
    await vault.set("secret", "token", change(VALUE));
    expect(statSync(path.join(dir, "keys/mine")).mode & 0o777).toBe(0o600);
    expect(await vault.read("secret", "token")).toBe(VALUE);
  });
});
