// Attempts elsewhere: what a server needs to give them to workers, and what a worker is.
export { SUBPROTOCOL } from "./dial.ts";
export { FileDesk, type FileDeskOptions } from "./file-desk.ts";
export { MAX_MESSAGE_BYTES, WORKER_SILENT_MS, WORKERS_PATH } from "./messages.ts";
export type { RemoteWorkerView, WorkerLink } from "./remote-worker.ts";
export { type RemoteWorkerNews, RemoteWorkers, type RemoteWorkersOptions } from "./remote-workers.ts";
export { WorkerHost, type WorkerHostOptions, type WorkerNews } from "./worker-host.ts";
