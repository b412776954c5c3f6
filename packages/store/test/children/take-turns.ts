// Leads a number of times, whenever nobody else does, and leaves a mark when it comes and when it goes.
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import type { AttemptId, RunId } from "@millrace/core";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { changes, eventRow } from "../rows.ts";

const [url = "", run = "", turns = "1"] = process.argv.slice(2);
const store = await openStore(parseDatabaseUrl(url));
for (let turn = 0; turn < Number(turns); ) {
  const leadership = await store.lead(String(process.pid));
  if (leadership === undefined) {
    await delay(1);
    continue;
  }
  for (const mark of ["comes", "goes"]) {
    const event = eventRow(run as RunId, { node: process.pid, attempt: leadership.epoch as number as AttemptId });
    await store.commit(leadership.epoch, changes({ events: [{ ...event, data: mark }] }));
  }
  await leadership.release();
  turn += 1;
}
await store.close();
