/** A worker in a process of its own. A door of its own: it needs no store, no engine and no API. */

export type { WorkerNews } from "@millrace/executors/remote";
export { type RunningWorker, runWorker, type WorkerOptions } from "./run-worker.ts";
