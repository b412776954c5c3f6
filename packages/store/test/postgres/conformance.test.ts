import { openStore } from "@millrace/store";
import { afterAll, beforeAll } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import { storeConforms } from "../conformance.ts";
import { emptyTables } from "./empty-tables.ts";

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.remove());

storeConforms("PostgreSQL", async () => ({
  open: () => openStore({ kind: "postgres", url: database.url, schema: "millrace" }),
  // As new for the next test. Making all tables anew would take longer than the test.
  remove: () => emptyTables(database.url),
}));
