import { expect, onTestFinished, test } from "vitest";
import { freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import { databaseClockSkew, parseDatabaseUrl } from "../../src/index.ts";

test("a database on this machine has its clock", async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.remove());
  // In words of minutes: the machine may be busy, and only a clock that is set wrong matters.
  expect(Math.abs((await databaseClockSkew(parseDatabaseUrl(database.url))) ?? Number.NaN)).toBeLessThan(60_000);
  expect(await databaseClockSkew({ kind: "sqlite", path: "/nowhere" })).toBeNull();
});
