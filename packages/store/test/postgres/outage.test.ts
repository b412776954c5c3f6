import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Leadership } from "@millrace/core";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgres } from "../../../../test/setup/embedded-postgres.ts";
import { changes, command, eventRow, runRow } from "../rows.ts";

let folder: string;
let server: PostgresServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-outage-"));
  server = await startPostgres(folder, { trust: true });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe("a server that is killed and started again", () => {
  test("is waited for by reads, commands and whoever wants to lead, and loses nothing", async () => {
    const store = await openStore(parseDatabaseUrl(server.url), { leaseMs: 60_000, patienceMs: 60_000 });
    const leadership = (await store.lead("test")) as Leadership;
    const noticed = Promise.withResolvers<void>();
    const run = runRow();
    await store.commit(leadership.epoch, changes({ runs: [run], events: [eventRow(run.id)] }));
    await server.kill();
    const reading = store.unfinishedRuns();
    const sending = store.insertCommand(command("in the dark"));
    store.watch(noticed.resolve);
    const other = runRow();
    const lost = store.commit(leadership.epoch, changes({ runs: [other] }));
    await expect(lost).rejects.toMatchObject({ code: "STORE_FAILED", message: expect.not.stringContaining("of-the") });
    await server.start();
    expect(await reading).toEqual([run.id]);
    await sending;
    await noticed.promise;
    expect(await store.pendingCommands(9)).toMatchObject([{ id: "in the dark" }]);
    // The lease has outlived the server.
    expect(leadership.isTrusted()).toBe(true);
    await store.commit(leadership.epoch, changes({ runs: [other], events: [eventRow(other.id)] }));
    expect(await store.unfinishedRuns()).toEqual([run.id, other.id]);
    expect(await store.history.lastEventSeq()).toBe(2);
    await store.close();
  });

  test("does not hold up a store that is being closed", async () => {
    const store = await openStore(parseDatabaseUrl(server.url), { leaseMs: 500, patienceMs: 600_000 });
    expect(await store.lead("test")).toBeDefined();
    store.watch(() => undefined);
    await server.kill();
    // Expected before the store is closed: it may fail while that is under way.
    const refused = expect(store.unfinishedRuns()).rejects.toMatchObject({ code: "STORE_FAILED" });
    await store.close();
    await refused;
    await server.start();
  });

  test("that does not come back fails what waits for it, and says where it was", async () => {
    const store = await openStore(parseDatabaseUrl(server.url), { patienceMs: 200 });
    await server.kill();
    const { port } = new URL(server.url);
    const failed = { code: "STORE_FAILED", message: expect.stringContaining(`127.0.0.1:${port}`) };
    await expect(store.unfinishedRuns()).rejects.toMatchObject(failed);
    await expect(store.insertCommand(command("x"))).rejects.toMatchObject(failed);
    await expect(store.lead("test")).rejects.toMatchObject(failed);
    await expect(openStore(parseDatabaseUrl(server.url))).rejects.toMatchObject(failed);
    await store.close();
    await server.start();
  });
});
