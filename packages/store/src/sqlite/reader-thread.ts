import { parentPort, workerData } from "node:worker_threads";
import { toErrorInfo } from "@millrace/core";
import { StoreHistory } from "../history.ts";
import { findCounters } from "../tables/lease.ts";
import { SqliteConnection } from "./connection.ts";
import { toStoreError } from "./failure.ts";
import type { ReadAnswer, ReaderData, ReadRequest } from "./threaded-history.ts";

// A thread that reads the past, so that whoever asks can do something else meanwhile: SQLite's interface in Node blocks.

const { path, busyTimeoutMs } = workerData as ReaderData;
const connection = new SqliteConnection(path, { readonly: true, busyTimeoutMs });
const history = new StoreHistory({
  read: async (act, given) => connection.all(act, given),
  lastEvent: async () => connection.get(findCounters, {})?.last_event ?? 0,
});

async function answer({ id, method, args }: ReadRequest): Promise<ReadAnswer> {
  try {
    const read = history[method].bind(history) as (...args: readonly unknown[]) => Promise<unknown>;
    return { id, value: await read(...args) };
  } catch (error) {
    // An error that is sent to another thread loses what makes it ours.
    return { id, error: toErrorInfo(toStoreError(error, path)) };
  }
}

parentPort?.on("message", (request: ReadRequest) => {
  void answer(request).then((answered) => parentPort?.postMessage(answered));
});
