// Leads, commits run after run, and says each number once its commit was acknowledged. Only a signal ends it.
import { writeSync } from "node:fs";
import process from "node:process";
import type { EncodedText } from "@millrace/core";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { attemptRow, changes, eventRow, item, runRow, taskRunRow } from "../rows.ts";

const [url = "", first = "0"] = process.argv.slice(2);
const store = await openStore(parseDatabaseUrl(url));
const leadership = await store.lead(`process ${process.pid}`);
if (leadership === undefined) throw new Error("Somebody leads who should be dead");
for (let number = Number(first); ; number += 1) {
  const run = runRow({ idempotencyKey: `run-${number}` });
  const attempt = attemptRow(run.id, (await store.lastAttemptId()) + 1);
  await store.commit(
    leadership.epoch,
    changes({
      runs: [run],
      taskRuns: [taskRunRow(run.id, { tries: number })],
      attempts: [attempt],
      outputs: [
        {
          run: run.id,
          node: 0,
          item: item(""),
          value: { kind: "inline", text: `"${"x".repeat(number * 10)}"` as EncodedText },
        },
      ],
      events: [eventRow(run.id), eventRow(run.id, { type: "task.finished", attempt: attempt.id })],
    }),
  );
  writeSync(1, `${number}\n`);
}
