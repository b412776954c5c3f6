export { FileArtifacts } from "./artifacts/file-artifacts.ts";
export { createFileLogStore, type FileLogStoreOptions } from "./logs/file-log-store.ts";
export type {
  LogFollow,
  LogHit,
  LogKey,
  LogLevel,
  LogLine,
  LogPage,
  LogSearch,
  LogSource,
  LogStore,
  LogWindow,
  LogWriter,
} from "./logs/log-store.ts";
