import type { Leadership, Store } from "@millrace/core";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import { changes, eventRow, runRow } from "../rows.ts";
import { emptyTables } from "./empty-tables.ts";
import { FaultyWay } from "./faulty-way.ts";

/** Long enough for any commit here, and short enough to wait for. */
const ANSWER_MS = 400;

let database: FreshDatabase;
let way: FaultyWay;
let store: Store;
let leadership: Leadership;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.remove());

beforeEach(async () => {
  way = new FaultyWay(database.url);
  const through = await way.start(database.url);
  store = await openStore(parseDatabaseUrl(through), { answerMs: ANSWER_MS, leaseMs: 60_000 });
  leadership = (await store.lead("test")) as Leadership;
});

afterEach(async () => {
  await store.close();
  await way.stop();
  await emptyTables(database.url);
});

describe("a commit of which no answer comes", () => {
  test("succeeds when it was written after all", async () => {
    const run = runRow();
    way.loseNextAnswer("commit");
    await store.commit(leadership.epoch, changes({ runs: [run], events: [eventRow(run.id)] }));
    expect(await store.unfinishedRuns()).toEqual([run.id]);
    // The leader's numbers go on behind it.
    const other = runRow();
    await store.commit(leadership.epoch, changes({ runs: [other], events: [eventRow(other.id), eventRow(run.id)] }));
    expect((await store.history.listEvents(null, 0, 9)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test("is never written when it was not, though it arrives later", async () => {
    const [late, next] = [runRow(), runRow()];
    const holding = way.hold("commit");
    const lateCommit = store.commit(leadership.epoch, changes({ runs: [late], events: [eventRow(late.id)] }));
    await holding.isHeld;
    way.endHolding();
    await expect(lateCommit).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringContaining("no answer"),
    });
    await store.commit(leadership.epoch, changes({ runs: [next], events: [eventRow(next.id)] }));
    const refused = new Promise<string>((resolve) => {
      way.onLateAnswer = resolve;
    });
    holding.letGo();
    // A row with the commit's number is there: the one that took its place.
    expect(await refused).toContain("ledger_pkey");
    expect(await store.unfinishedRuns()).toEqual([next.id]);
    expect(await store.history.listEvents(null, 0, 9)).toMatchObject([{ seq: 1, run: next.id }]);
    // The same changes may be committed again, as the engine does.
    await store.commit(leadership.epoch, changes({ runs: [late], events: [eventRow(late.id)] }));
    expect(await store.unfinishedRuns()).toEqual([next.id, late.id]);
  });

  test("is ended in the server, where it waits for somebody else", async () => {
    const run = runRow();
    const direct = await openStore(parseDatabaseUrl(database.url), { answerMs: ANSWER_MS, leaseMs: 60_000 });
    await leadership.release();
    leadership = (await direct.lead("direct")) as Leadership;
    await direct.commit(leadership.epoch, changes({ runs: [run] }));
    const holder = new Client({ connectionString: database.url, options: "-c search_path=millrace" });
    await holder.connect();
    await holder.query("begin");
    await holder.query("select from run for update");
    const ended = { ...run, state: "success", settled: true } as const;
    await expect(direct.commit(leadership.epoch, changes({ runs: [ended] }))).rejects.toMatchObject({
      code: "STORE_FAILED",
    });
    await holder.end();
    expect((await direct.loadRun(run.id)).run).toEqual(run);
    await direct.commit(leadership.epoch, changes({ runs: [ended] }));
    expect((await direct.loadRun(run.id)).run).toEqual(ended);
    await direct.close();
  });
});

describe("a leader whose way to the database is cut for commits alone", () => {
  test("fails its commits, and goes on when the way is there again", async () => {
    const [first, second] = [runRow(), runRow()];
    await store.commit(leadership.epoch, changes({ runs: [first] }));
    const holding = way.hold("commit");
    const lost = store.commit(leadership.epoch, changes({ runs: [second] }));
    await expect(lost).rejects.toMatchObject({ code: "STORE_FAILED" });
    // Nothing is read before it is known what became of the commit: neither run can be missed, nor be seen too early.
    const reading = store.unfinishedRuns();
    way.endHolding();
    expect(await reading).toEqual([first.id]);
    await holding.isHeld;
    await store.commit(leadership.epoch, changes({ runs: [second] }));
    expect(await store.unfinishedRuns()).toEqual([first.id, second.id]);
  });
});
