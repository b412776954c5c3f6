// Opens the database, new or not, and sends one command that has the process's number for an id.
import process from "node:process";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { command } from "../rows.ts";

const store = await openStore(parseDatabaseUrl(process.argv[2] ?? ""));
await store.insertCommand(command(String(process.pid)));
await store.close();
