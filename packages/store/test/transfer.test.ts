import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ArtifactId, EncodedText, RunId, Store, VersionId } from "@millrace/core";
import { EMPTY_AUDIT, NO_ALERTS, ROOT_ITEM, testMessage } from "@millrace/core";
import { type DatabaseAddress, exportStore, importStore, openStore } from "@millrace/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../test/setup/shared-postgres.ts";
import { NOT_TRANSFERRED, TRANSFERRED } from "../src/transfer/tables.ts";
import { emptyTables } from "./postgres/empty-tables.ts";
import { AT_MS, attemptRow, changes, command, eventRow, runRow, taskRunRow } from "./rows.ts";
import { temporaryFolders } from "./temporary-folder.ts";
import { backfillRow, tickRow, triggerRow } from "./time-rows.ts";

const makeFolder = temporaryFolders();
let database: FreshDatabase;
/** An export of a project with something in every table. */
let sample: string[];

beforeAll(async () => {
  database = await freshDatabase();
  const here = sqlite();
  await fill(here);
  sample = await exported(here);
});
afterAll(() => database.remove());

async function clearPostgres(): Promise<void> {
  await (await openStore(postgres())).close();
  await emptyTables(database.url);
}

function sqlite(): DatabaseAddress & { readonly kind: "sqlite" } {
  return { kind: "sqlite", path: join(makeFolder(), "millrace.db") };
}

function postgres(): DatabaseAddress {
  return { kind: "postgres", url: database.url, schema: "millrace" };
}

async function using<Value>(address: DatabaseAddress, work: (store: Store) => Promise<Value>): Promise<Value> {
  const store = await openStore(address);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Characters that one database or the other has its own way with. */
const ODD = `"a\u0000b\u001ac\u001a0 \\u0000 ünï \u{1f980} \\"`;

/** A project with something in every table. */
async function fill(address: DatabaseAddress): Promise<RunId> {
  return using(address, async (store) => {
    const version = "1".repeat(64) as VersionId;
    const files = [{ path: "flows/a.mjs", content: new Uint8Array([0, 255, 10, 34]) }];
    const source = { path: "flows/a.ts", hash: "f00d", bytes: 4, leftOut: null, module: "a.mjs", imports: ["b.ts"] };
    const left = { ...source, path: ODD, hash: null, leftOut: "secret", module: null, content: null } as const;
    await store.saveVersion({ id: version, createdAtMs: AT_MS, manifest: { flows: [] }, dependencies: {}, files }, [
      { ...source, content: new Uint8Array([0, 255, 10, 34]) },
      left,
    ]);
    await store.activateVersion(version, AT_MS);
    await store.insertCommand(command("pending"));
    await store.insertCommand(command("answered"));
    const holding = { kind: "sealed", keyId: "k1", text: "c2VhbGVk" } as const;
    const entry = { kind: "secret", name: "token", version: 1, holding } as const;
    await store.vault.put({ ...entry, description: ODD, setBy: ODD, setAtMs: AT_MS });
    const by = { createdAtMs: AT_MS, setBy: ODD, setAtMs: AT_MS, disabledAtMs: null };
    await store.people.putUser({
      name: "ada",
      version: 1,
      password: ODD,
      grants: [{ role: "admin", flows: "*" }],
      ...by,
    });
    const made = { createdBy: ODD, createdAtMs: AT_MS, expiresAtMs: null, usedAtMs: null, usedFrom: null };
    await store.people.addCredential({ kind: "api", id: "ci", hash: "f00", user: "ada", grants: [], ...made });
    const act = { seq: 1, atMs: AT_MS, actor: ODD, action: ODD, target: ODD, from: ODD, before: null, after: ODD };
    await store.audit.append(EMPTY_AUDIT, [{ ...act, ref: "act-1", hash: "f00" }]);
    const message = testMessage(ODD, { nowMs: AT_MS, publicUrl: ODD });
    const delivery = { id: "A1", rule: ODD, channel: ODD, state: "waiting", message, madeAtMs: AT_MS } as const;
    const alerted = { ...delivery, nextAtMs: AT_MS, endedAtMs: null, tries: [{ atMs: AT_MS, ok: false, text: ODD }] };
    await store.alerts.advance({ version: 1, state: { ...NO_ALERTS, told: { [ODD]: AT_MS } } }, [alerted]);
    const leadership = await store.lead("test");
    if (leadership === undefined) throw new Error("nobody else can lead");
    const gone = runRow({ state: "success", settled: true });
    const root = runRow({ version, params: ODD as EncodedText, idempotencyKey: "key", state: "failed", settled: true });
    const fill = backfillRow({ reason: ODD });
    const slice = { kind: "key", key: ODD } as const;
    const covers = { scheduledAtMs: AT_MS, slice, backfill: fill.id };
    const rerun = runRow({ version, rerunOf: root.id, rootRun: root.id, ...covers });
    const place = { run: root.id, node: 0, item: ROOT_ITEM } as const;
    await store.commit(
      leadership.epoch,
      changes({
        runs: [gone, root, rerun],
        taskRuns: [taskRunRow(root.id, { state: "failed" }), taskRunRow(rerun.id, { reusedFrom: root.id })],
        attempts: [attemptRow(root.id, 1, { state: "failed", endedAtMs: AT_MS }), attemptRow(rerun.id, 7)],
        outputs: [
          { ...place, value: { kind: "inline", text: ODD as EncodedText } },
          { ...place, node: 1, value: { kind: "artifact", artifact: "a".repeat(64) as ArtifactId, bytes: 70_000 } },
          { ...place, run: gone.id, value: { kind: "artifact", artifact: "b".repeat(64) as ArtifactId, bytes: 1 } },
        ],
        events: [eventRow(root.id), eventRow(rerun.id, { data: ODD, attempt: 7 as never })],
        reports: [{ ...place, attempt: 1 as never, atMs: AT_MS, data: { kind: "custom", payload: ODD } }],
        cacheEntries: [{ key: "k", value: { kind: "none" }, run: root.id, createdAtMs: AT_MS }],
        answers: [{ id: "answered" as never, ok: true, run: root.id }],
        pools: [{ name: "db", slots: 4, description: ODD, setBy: "ann", setAtMs: AT_MS }],
        rates: [{ name: "daily/load", fullAtMs: AT_MS + 10 }],
        triggers: [triggerRow({ sensorCursor: ODD as EncodedText })],
        ticks: [tickRow({ key: ODD, reason: ODD })],
        backfills: [fill],
        partitionKeys: [{ name: "customers", key: ODD, exists: true }],
      }),
    );
    await store.upkeep.forgetRuns(leadership.epoch, [gone.id], AT_MS);
    while ((await store.upkeep.sweep(AT_MS)) > 0);
    await leadership.release();
    return rerun.id;
  });
}

async function exported(address: DatabaseAddress): Promise<string[]> {
  let text = "";
  for await (const piece of exportStore(address)) text += piece;
  return text.split("\n").slice(0, -1);
}

async function* lined(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function expectEmpty(address: DatabaseAddress): Promise<void> {
  expect(await using(address, (store) => store.history.listRuns({ limit: 1 }))).toEqual([]);
  expect(await using(address, (store) => store.activeVersion())).toBeUndefined();
}

/** What must be the same wherever it is: without where and when it was made, and who led. */
function rowsOf(lines: readonly string[]): readonly string[] {
  const counters = JSON.parse(lines[1] ?? "{}").counters as { epoch: number };
  return [JSON.stringify({ ...counters, epoch: 0 }), ...lines.slice(2, -1)];
}

describe("a project", () => {
  test("is the same after it was moved to PostgreSQL and back, and goes on there", async () => {
    const [here, back] = [sqlite(), sqlite()];
    const rerun = await fill(here);
    const first = await exported(here);
    await clearPostgres();
    const rows = await importStore(postgres(), lined(first));
    const second = await exported(postgres());
    expect(await importStore(back, lined(second))).toBe(rows);
    expect(rowsOf(second)).toEqual(rowsOf(first));
    expect(rowsOf(await exported(back))).toEqual(rowsOf(first));
    // Each table has rows, so that none is the same for having none.
    for (const { name } of TRANSFERRED) {
      const title = first.findIndex((line) => line.startsWith(`{"table":"${name}"`));
      expect([name, first[title + 1]?.startsWith("[")]).toEqual([name, true]);
    }
    for (const address of [postgres(), back]) {
      await using(address, async (store) => {
        expect(await store.unfinishedRuns()).toEqual([rerun]);
        expect(await store.findOutput(rerun, 0, ROOT_ITEM)).toBeUndefined();
        expect(await store.lastAttemptId()).toBe(7);
        const leadership = await store.lead("next");
        const [run, report] = [runRow(), { node: 0, item: ROOT_ITEM, attempt: 1 as never, atMs: AT_MS }];
        const custom = { ...report, run: run.id, data: { kind: "custom", payload: 1 } } as const;
        // No number is given again: all of these are new rows.
        await store.commit(
          leadership?.epoch as never,
          changes({ runs: [run], attempts: [attemptRow(run.id, 8)], events: [eventRow(run.id)], reports: [custom] }),
        );
        await store.insertCommand(command("another"));
        expect(leadership?.epoch).toBeGreaterThan(1);
        expect(await store.history.lastEventSeq()).toBe(3);
        expect((await store.history.listRuns({ limit: 1 }))[0]?.id).toBe(run.id);
        expect(await store.history.listReports(run.id)).toHaveLength(1);
      });
    }
  });

  test("is not mixed with another, and not imported beside a leader", async () => {
    const here = sqlite();
    await fill(here);
    await clearPostgres();
    for (const [address, table] of [
      [here, "version"],
      [postgres(), "command"],
    ] as const) {
      if (address.kind === "postgres") await using(address, (store) => store.insertCommand(command("one")));
      const before = rowsOf(await exported(address));
      await expect(importStore(address, lined(sample))).rejects.toMatchObject({
        code: "USAGE",
        message: expect.stringContaining(`rows in ${table}`),
      });
      expect(rowsOf(await exported(address))).toEqual(before);
    }
    const led = sqlite();
    await using(led, async (store) => {
      await store.lead("somebody");
      await expect(importStore(led, lined(sample))).rejects.toThrow("leads");
    });
  });

  test.each([
    ["cut off", (lines: string[]) => lines.slice(0, -3), "ends too early"],
    ["without a row", (lines: string[]) => lines.toSpliced(4, 1), "damaged"],
    ["with a letter changed", (lines: string[]) => lines.map((line) => line.replace("daily", "daisy")), "damaged"],
    ["with a torn line", (lines: string[]) => lines.with(5, lines[5]?.slice(0, -2) ?? ""), "damaged"],
    ["with more behind it", (lines: string[]) => [...lines, lines[3] ?? ""], "goes on"],
    ["that is empty", () => [], "is empty"],
    ["that is none", () => ["hello"], "no export"],
    ["of another format", (lines: string[]) => lines.with(0, '{"millrace":"export","format":2}'), "format 2"],
    [
      "of another schema",
      (lines: string[]) => lines.with(0, '{"millrace":"export","format":1,"schema":99}'),
      "schema 99",
    ],
    ["of other tables", (lines: string[]) => lines.with(2, '{"table":"user","columns":["id"]}'), "table user"],
    ["of other columns", (lines: string[]) => lines.with(2, '{"table":"version","columns":["id"]}'), "other columns"],
  ])("is not imported from an export %s", async (_, spoil, message) => {
    const target = sqlite();
    await expect(importStore(target, lined(spoil(sample)))).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining(message),
    });
    await expectEmpty(target);
  });

  test("leaves nothing in PostgreSQL where it was not imported", async () => {
    await clearPostgres();
    await expect(importStore(postgres(), lined(sample.toSpliced(-3, 1)))).rejects.toThrow("is damaged");
    await expectEmpty(postgres());
  });

  test("is exported with every table there is", async () => {
    const here = sqlite();
    await using(here, async () => undefined);
    const db = new DatabaseSync(here.path);
    const tables = db.prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'").all();
    db.close();
    const known = [...TRANSFERRED.map(({ name }) => name), ...NOT_TRANSFERRED];
    expect(tables.map((row) => row["name"]).filter((name) => !known.includes(String(name)))).toEqual([]);
  });
});
