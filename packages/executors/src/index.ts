export { DefinitionHost, type DefinitionHostOptions, type HostedFlow } from "./definition-host/definition-host.ts";
export type {
  ConfigOutcome,
  HostConfig,
  LoadedFlow,
  LoadedModule,
  ThrownInfo,
  ThrownPlace,
} from "./definition-host/messages.ts";
export { namedFilePath } from "./definition-host/named-file.ts";
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
