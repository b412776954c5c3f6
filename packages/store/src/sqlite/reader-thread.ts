import { parentPort, workerData } from "node:worker_threads";
import { toErrorInfo } from "@millrace/core";
import { StoreHistory } from "../history.ts";
import { findCounters } from "../tables/lease.ts";
import { SqliteConnection } from "./connection.ts";
import { toStoreError } from "./failure.ts";
import { FEW_ROWS } from "./long-reads.ts";
import type { MoreRequest, ReadAnswer, ReaderData, ReadRequest } from "./threaded-history.ts";

// A thread that reads the past, so that whoever asks can do something else meanwhile: SQLite's interface in Node blocks.

const { path, busyTimeoutMs } = workerData as ReaderData;
const connection = new SqliteConnection(path, { readonly: true, busyTimeoutMs });
const history = new StoreHistory({
  read: async (act, given) => connection.all(act, given),
  lastEvent: async () => connection.get(findCounters, {})?.last_event ?? 0,
});

/** Lists of which part has been sent, and from where on they go on. */
const begun = new Map<number, { readonly rows: readonly unknown[]; from: number }>();

async function answer({ id, method, args }: ReadRequest): Promise<ReadAnswer> {
  try {
    const read = history[method].bind(history) as (...args: readonly unknown[]) => Promise<unknown>;
    const value = await read(...args);
    if (!Array.isArray(value)) return { id, value };
    begun.set(id, { rows: value, from: 0 });
    return nextRows(id);
  } catch (error) {
    // An error that is sent to another thread loses what makes it ours.
    return { id, error: toErrorInfo(toStoreError(error, path)) };
  }
}

function nextRows(id: number): ReadAnswer {
  const list = begun.get(id);
  if (list === undefined) return { id, rows: [], isLast: true };
  const rows = list.rows.slice(list.from, list.from + FEW_ROWS);
  list.from += rows.length;
  const isLast = list.from === list.rows.length;
  if (isLast) begun.delete(id);
  return { id, rows, isLast };
}

parentPort?.on("message", (request: ReadRequest | MoreRequest) => {
  if ("more" in request) parentPort?.postMessage(nextRows(request.id));
  else void answer(request).then((answered) => parentPort?.postMessage(answered));
});
