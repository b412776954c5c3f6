// Opens a database, uses it, and says whether PostgreSQL's client was loaded.
import { createRequire } from "node:module";
import process from "node:process";
import { openStore, parseDatabaseUrl } from "@millrace/store";

const store = await openStore(parseDatabaseUrl(process.argv[2] ?? ""));
await store.unfinishedRuns();
await store.close();
const loaded = Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes("/node_modules/pg/"));
process.stdout.write(loaded ? "loaded" : "not loaded");
