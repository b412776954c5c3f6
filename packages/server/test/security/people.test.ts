import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { may, parseGrant, type Store } from "@millrace/core";
import { openStore } from "@millrace/store";
import { expect, onTestFinished, test } from "vitest";
import { Passwords } from "../../src/security/passwords.ts";
import { People } from "../../src/security/people.ts";
import { Tokens } from "../../src/security/tokens.ts";
import { Turns } from "../../src/security/turns.ts";

const CHEAP = { n: 16, r: 1, p: 1 };
const PASSWORD = "three blind mice";
const HOUR_MS = 3_600_000;

interface Place {
  readonly store: Store;
  readonly people: People;
  readonly tokens: Tokens;
  /** Milliseconds since 1970; tests move it. */
  readonly clock: { nowMs: number };
}

async function place(): Promise<Place> {
  const dir = mkdtempSync(path.join(tmpdir(), "millrace-people-"));
  const store = await openStore({ kind: "sqlite", path: path.join(dir, "millrace.db") });
  onTestFinished(async () => {
    await store.close();
    rmSync(dir, { recursive: true });
  });
  const clock = { nowMs: 1_800_000_000_000 };
  const now = (): number => clock.nowMs;
  const people = new People({ store: store.people, now, cost: CHEAP });
  return { store, people, tokens: new Tokens(store.people, now), clock };
}

async function withAna(): Promise<Place> {
  const made = await place();
  await made.people.users.add({ name: "ana", password: PASSWORD, grants: [parseGrant("admin")] }, "test");
  return made;
}

/** The secret of a new session. */
async function logIn({ people }: Place, name = "ana", password = PASSWORD): Promise<string> {
  const login = await people.logIn(name, password, "10.0.0.1");
  if (login.kind !== "in") throw new Error(login.kind);
  return login.secret;
}

test("the first user is made with a setup token, once", async () => {
  const { people } = await place();
  expect(await people.hasUsers()).toBe(false);
  const [token = "", other = ""] = [await people.makeSetupToken(), await people.makeSetupToken()];
  const ana = { name: "ana", password: PASSWORD };
  expect(await people.setUp("mrsetup_guessed", ana, "x")).toEqual({ kind: "refused" });
  await expect(people.setUp(token, { name: "ana", password: "short" }, "x")).rejects.toMatchObject({ code: "USAGE" });
  expect(await people.setUp(token, ana, "x")).toMatchObject({ kind: "in", visitor: { principal: { name: "ana" } } });
  expect(await people.setUp(token, { name: "eve", password: PASSWORD }, "x")).toEqual({ kind: "refused" });
  expect(await people.setUp(other, { name: "eve", password: PASSWORD }, "x")).toEqual({ kind: "refused" });
  expect(await people.makeSetupToken()).toBeUndefined();
  expect((await people.users.list()).map(({ name }) => name)).toEqual(["ana"]);
});

test("a setup token is of no use after a day, and opens nothing else", async () => {
  const { people, clock } = await place();
  const token = (await people.makeSetupToken()) ?? "";
  expect(await people.authenticate(token)).toBeUndefined();
  expect(await people.recognise(token, ["session", "api", "worker"], "x")).toBeUndefined();
  clock.nowMs += 24 * HOUR_MS;
  expect(await people.setUp(token, { name: "ana", password: PASSWORD }, "x")).toEqual({ kind: "refused" });
});

test("a session lets in until it is ended, not used for a day, or two weeks old", async () => {
  const made = await withAna();
  const { people, clock } = made;
  const known = (secret: string) => people.recognise(secret, ["session"], "10.0.0.1");
  const first = await logIn(made);
  const visitor = await known(first);
  expect(visitor?.principal).toEqual({ kind: "user", name: "ana", grants: [{ role: "admin", flows: "*" }] });
  await people.endSession(visitor?.credential?.id ?? "");
  expect(await known(first)).toBeUndefined();
  await expect(people.endSession("none")).rejects.toMatchObject({ code: "UNKNOWN_TOKEN" });
  const second = await logIn(made);
  for (let day = 0; day < 13; day += 1) {
    clock.nowMs += 24 * HOUR_MS - 1;
    expect(await known(second)).toBeDefined();
  }
  clock.nowMs += 24 * HOUR_MS;
  expect(await known(second)).toBeUndefined();
  const third = await logIn(made);
  clock.nowMs += 24 * HOUR_MS;
  expect(await known(third)).toBeUndefined();
  expect(await people.listSessions("ana")).toEqual([]);
});

test("the store has nothing that lets somebody in", async () => {
  const made = await withAna();
  const session = await logIn(made);
  const { secret } = await made.tokens.create(
    { kind: "api", name: "ci", grants: [parseGrant("viewer")], user: null, expiresAtMs: null },
    "ana",
  );
  const { people } = made.store;
  const kept = JSON.stringify([
    await people.listUsers(),
    await people.listCredentials("session"),
    await people.listCredentials("api"),
  ]);
  for (const each of [session, secret, PASSWORD]) expect(kept).not.toContain(each);
});

test("the same is said of a wrong password, no password, nobody, and somebody disabled", async () => {
  const made = await withAna();
  const { users } = made.people;
  await users.add({ name: "ben", password: PASSWORD, grants: [] }, "test");
  await users.add({ name: "robot", password: null, grants: [] }, "test");
  const session = await logIn(made, "ben");
  await users.setDisabled("ben", true, "ana");
  expect(await made.people.recognise(session, ["session"], "x")).toBeUndefined();
  for (const name of ["ana", "ben", "robot", "nobody", "", "__proto__"]) {
    expect(await made.people.logIn(name, "not the password", "x")).toEqual({ kind: "refused" });
  }
  expect(await made.people.logIn("ben", PASSWORD, "x")).toEqual({ kind: "refused" });
  await users.setDisabled("ben", false, "ana");
  expect((await made.people.logIn(" BEN ", PASSWORD, "x")).kind).toBe("in");
});

test("ten guesses are compared of an account in a quarter of an hour, whoever counts; others are not touched", async () => {
  const made = await withAna();
  const { people, clock, store } = made;
  // A second server, or the same one after a restart.
  const other = new People({ store: store.people, now: () => clock.nowMs, cost: CHEAP });
  const guess = (at: People, name: string) => at.logIn(name, "not the password", "x");
  for (let tries = 0; tries < 3; tries += 1) await logIn(made);
  const at = (index: number): People => (index % 2 === 0 ? people : other);
  const answers = await Promise.all(Array.from({ length: 25 }, (_, index) => guess(at(index), "ana")));
  expect(answers.filter(({ kind }) => kind === "refused").length).toBeLessThanOrEqual(10);
  for (let tries = 0; tries < 10; tries += 1) await guess(people, "ana");
  expect(await people.logIn("ana", PASSWORD, "x")).toEqual({ kind: "limited", retryMs: 900_000 });
  for (let tries = 0; tries < 12; tries += 1) await guess(people, "nobody");
  expect((await guess(people, "nobody")).kind).toBe("limited");
  await people.users.add({ name: "ben", password: PASSWORD, grants: [] }, "test");
  expect((await people.logIn("ben", PASSWORD, "x")).kind).toBe("in");
  clock.nowMs += 15 * 60_000;
  expect((await people.logIn("ana", PASSWORD, "x")).kind).toBe("in");
});

test("a new password ends sessions, and what was guessed at the old one", async () => {
  const made = await withAna();
  const { people } = made;
  const session = await logIn(made);
  for (let tries = 0; tries < 11; tries += 1) await people.logIn("ana", "not the password", "x");
  await people.users.setPassword("ana", "four calling birds", "admin");
  expect(await people.recognise(session, ["session"], "x")).toBeUndefined();
  expect((await people.logIn("ana", PASSWORD, "x")).kind).toBe("refused");
  expect((await people.logIn("ana", "four calling birds", "x")).kind).toBe("in");
  expect(await people.confirm("ana", "four calling birds", "x")).toBe("right");
  expect(await people.confirm("ana", PASSWORD, "x")).toBe("refused");
  expect(await people.listSessions("ana")).toHaveLength(1);
});

test("a password is hashed anew at login when hashes cost more than they did", async () => {
  const made = await withAna();
  const { store, clock } = made;
  const before = (await store.people.findUser("ana"))?.password;
  const dearer = new People({ store: store.people, now: () => clock.nowMs, cost: { ...CHEAP, n: 32 } });
  expect((await dearer.logIn("ana", PASSWORD, "x")).kind).toBe("in");
  const after = (await store.people.findUser("ana"))?.password;
  expect([before?.startsWith("scrypt$16$"), after?.startsWith("scrypt$32$")]).toEqual([true, true]);
  expect((await made.people.logIn("ana", PASSWORD, "x")).kind).toBe("in");
});

test.each(["", "short", "aaaaaaaaaaaaaaaa", "ana-ana-ana-ana", "x".repeat(2_000)])(
  "%o is no password",
  async (password) => {
    const { people } = await place();
    expect(() => people.users.check({ name: "ana", password })).toThrow(/password/);
  },
);

test("a token may what it was given and its owner may, now", async () => {
  const { people, tokens } = await withAna();
  await people.users.add({ name: "ben", password: null, grants: [parseGrant("operator:orders-*")] }, "ana");
  const grants = [parseGrant("operator:orders-daily"), parseGrant("admin")];
  const { secret } = await tokens.create({ kind: "api", name: "ci", grants, user: "ben", expiresAtMs: null }, "ana");
  const token = await people.authenticate(secret);
  expect(token).toEqual({ kind: "token", name: "token:ci", grants: [{ role: "operator", flows: "orders-daily" }] });
  await people.users.setGrants("ben", [parseGrant("viewer:orders-*")], "ana");
  expect((await people.authenticate(secret))?.grants).toEqual([]);
  await people.users.setDisabled("ben", true, "ana");
  expect(await people.authenticate(secret)).toBeUndefined();
});

test("a worker's token is of another kind, and may nothing by itself", async () => {
  const { people, tokens } = await withAna();
  const token = { kind: "worker", name: "w1", grants: [parseGrant("admin")], user: null, expiresAtMs: null } as const;
  const { secret } = await tokens.create(token, "ana");
  const worker = await people.authenticate(secret);
  expect(worker).toEqual({ kind: "worker", name: "worker:w1", grants: [] });
  expect(worker !== undefined && may(worker, "run.read", "orders")).toBe(false);
  expect(await people.recognise(secret, ["api", "session"], "x")).toBeUndefined();
});

test("a token is of no use when it expired or was revoked; its name is free then", async () => {
  const { people, tokens, clock } = await withAna();
  const ci = { kind: "api", name: "ci", grants: [parseGrant("viewer")], user: null } as const;
  const first = await tokens.create({ ...ci, expiresAtMs: clock.nowMs + HOUR_MS }, "ana");
  await expect(tokens.create({ ...ci, expiresAtMs: null }, "ana")).rejects.toMatchObject({ code: "NAME_TAKEN" });
  await expect(tokens.create({ ...ci, name: "old", expiresAtMs: clock.nowMs }, "ana")).rejects.toThrow(/expired/);
  await expect(tokens.create({ ...ci, user: "eve", expiresAtMs: null }, "ana")).rejects.toThrow(/no user/);
  expect(await people.authenticate(first.secret, "10.0.0.9")).toBeDefined();
  expect(await tokens.list(null)).toMatchObject([{ id: "ci", usedFrom: "10.0.0.9", usedAtMs: clock.nowMs }]);
  clock.nowMs += HOUR_MS + 1;
  expect(await people.authenticate(first.secret)).toBeUndefined();
  const second = await tokens.create({ ...ci, expiresAtMs: null }, "ana");
  expect(await people.authenticate(second.secret)).toBeDefined();
  await tokens.revoke("api", "ci");
  expect(await people.authenticate(second.secret)).toBeUndefined();
  await expect(tokens.revoke("api", "ci")).rejects.toMatchObject({ code: "UNKNOWN_TOKEN" });
});

test("what is no token is refused without looking for it", async () => {
  const { people, tokens } = await withAna();
  const { secret } = await tokens.create(
    { kind: "api", name: "ci", grants: [parseGrant("viewer")], user: null, expiresAtMs: null },
    "ana",
  );
  const wrong = [
    "",
    "mr_",
    secret.slice(0, -1),
    `${secret}x`,
    secret.slice(3),
    `mrw_${secret.slice(3)}`,
    " ",
    "x".repeat(1e5),
  ];
  for (const each of wrong) expect(await people.authenticate(each)).toBeUndefined();
  expect(await people.authenticate(secret)).toBeDefined();
});

test("somebody is left who decides who may what", async () => {
  const { people } = await withAna();
  await expect(people.users.setDisabled("ana", true, "ana")).rejects.toThrow(/last admin/);
  await expect(people.users.setGrants("ana", [parseGrant("admin:orders-*")], "ana")).rejects.toThrow(/last admin/);
  await people.users.add({ name: "ben", password: null, grants: [parseGrant("admin")] }, "ana");
  expect((await people.users.setDisabled("ana", true, "ben")).disabledAtMs).not.toBeNull();
  await expect(people.users.add({ name: "ben", password: null, grants: [] }, "x")).rejects.toThrow(/already/);
  await expect(people.users.get("bem")).rejects.toThrow(/no user "bem"/);
});

test("whoever asks for much does not keep others waiting, and only so much of one source waits", async () => {
  const turns = new Turns(1, 2);
  const done: string[] = [];
  const { promise: first, resolve: end } = Promise.withResolvers<void>();
  const running = turns.take({ line: "a", source: "x" }, () => first);
  const ask = (name: string, source: string) =>
    turns.take({ line: name.slice(0, 1), source }, async () => done.push(name));
  const waiting = [ask("a1", "x"), ask("a2", "y"), ask("a3", "x")];
  expect(await ask("b1", "x")).toBeUndefined();
  waiting.push(ask("b2", "z"));
  end();
  await Promise.all([running, ...waiting]);
  expect(done).toEqual(["a1", "b2", "a2", "a3"]);
  const passwords = new Passwords(CHEAP);
  const hash = await passwords.hash(PASSWORD);
  const check = () => passwords.check(PASSWORD, hash, { line: "ana", source: "x" });
  const verdicts = await Promise.all(Array.from({ length: 20 }, check));
  expect(verdicts.filter((verdict) => verdict === "busy")).toHaveLength(10);
});
