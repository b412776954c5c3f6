// Leads with a short lease and says "leads". When it then finds a file, it says what it thinks of its leadership at that
// very moment, tries to write all the same, and says what came of it. The file is made while this process is frozen.
import { existsSync, writeSync } from "node:fs";
import process from "node:process";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { changes, runRow } from "../rows.ts";

const [url = "", leaseMs = "", file = ""] = process.argv.slice(2);
const store = await openStore(parseDatabaseUrl(url), { leaseMs: Number(leaseMs) });
const leadership = await store.lead(`process ${process.pid}`);
if (leadership === undefined) throw new Error("Somebody else leads");
await store.commit(leadership.epoch, changes({ runs: [runRow()] }));
writeSync(1, "leads\n");

while (!existsSync(file)) await new Promise((resolve) => setImmediate(resolve));
writeSync(1, `${leadership.isTrusted() ? "trusted" : "not trusted"}\n`);
const code = await store.commit(leadership.epoch, changes({ runs: [runRow()] })).then(
  () => "written",
  (error: { readonly code: string }) => error.code,
);
writeSync(1, `${code}\n`);
writeSync(1, `${(await leadership.lost).code}\n`);
await store.close();
