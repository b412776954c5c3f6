import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "@millrace/store";
import { storeConforms } from "../conformance.ts";

storeConforms("SQLite", async () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-store-"));
  return {
    open: () => openSqliteStore({ path: join(folder, "millrace.db") }),
    remove: async () => rmSync(folder, { recursive: true }),
  };
});
