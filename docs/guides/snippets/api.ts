import { connect, isMillraceError } from "millrace/client";

// #region run
interface Flows {
  readonly "daily-orders": { readonly region: "eu" | "us" };
  readonly [flow: string]: object;
}

const client = connect<Flows>({ url: "http://127.0.0.1:7430" });
const run = await client.flow("daily-orders").run({ region: "us" });
const { state, error } = await client.runs.whenEnded(run);
// #endregion

// #region events
for await (const event of client.events({ flow: "daily-orders", type: "run.finished" })) {
  console.log(event.run, event.data);
}
// #endregion

// #region log
const { items } = await client.call("listAttempts", { params: { run } });
for (const attempt of items) {
  for await (const line of client.runs.log(run, attempt.id)) console.log(attempt.task, line.text);
}
// #endregion

// #region pages
for await (const each of client.runs.all({ flow: "daily-orders", state: "failed" })) {
  await client.runs.rerun(each.id);
}
// #endregion

// #region backfill
const ask = {
  flow: "daily-orders",
  selection: { kind: "range", from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" },
} as const;
const plan = await client.call("planBackfill", { body: ask });
if (plan.runs < 100) await client.backfill(ask);
// #endregion

// #region errors
try {
  await client.flow("daily-orders").run({ region: "us" }, { idempotencyKey: "2026-01-31" });
} catch (thrown) {
  if (!isMillraceError(thrown)) throw thrown;
  console.error(thrown.code, thrown.message, thrown.hint);
}

// #endregion

export { error, state };
