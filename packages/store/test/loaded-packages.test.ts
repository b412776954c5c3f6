import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../test/setup/shared-postgres.ts";
import { storeChildren } from "./store-children.ts";
import { temporaryFolders } from "./temporary-folder.ts";

const start = storeChildren();
const makeFolder = temporaryFolders();

test("those who use SQLite do not load PostgreSQL's client", async () => {
  const sqlite = start("loaded-packages", [`sqlite:${join(makeFolder(), "millrace.db")}`]);
  const database: FreshDatabase = await freshDatabase();
  const postgres = start("loaded-packages", [database.url]);
  expect(await text(sqlite.stdout)).toBe("not loaded");
  expect(await text(postgres.stdout)).toBe("loaded");
  await database.remove();
});
