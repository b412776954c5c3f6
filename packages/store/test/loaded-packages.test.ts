import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../test/setup/shared-postgres.ts";
import { storeChildren } from "./store-children.ts";
import { temporaryFolders } from "./temporary-folder.ts";

const start = storeChildren();
const makeFolder = temporaryFolders();

test("those who use SQLite do not load PostgreSQL's client", async () => {
  const database: FreshDatabase = await freshDatabase();
  const addresses = [`sqlite:${join(makeFolder(), "millrace.db")}`, database.url];
  // Read from the start: what nobody reads is gone with the child.
  const said = addresses.map((address) => text(start("loaded-packages", [address]).stdout));
  expect(await Promise.all(said)).toEqual(["not loaded", "loaded"]);
  await database.remove();
});
