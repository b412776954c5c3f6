// Where requests may go: servers send some too, and only what runs tasks may import the sdk.
export { type AddressRule, type CheckedTarget, checkTarget, guardedFetch, isPublicAddress } from "@millrace/sdk/net";
// For executors that call handlers themselves, such as the one of the test kit.
export { BlockingArtifactReader } from "./artifacts/artifact-reader.ts";
export { FileArtifacts } from "./artifacts/file-artifacts.ts";
export { InputDecoder } from "./child/decode-input.ts";
export { storeOutput } from "./child/store-output.ts";
export { makeContext } from "./child/task-context.ts";
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
export type { ProcessExecutorOptions, VersionPlace } from "./processes/executor-options.ts";
export { findLeftovers } from "./processes/find-leftovers.ts";
export { createMark } from "./processes/mark.ts";
export { createProcessExecutor } from "./processes/process-executor.ts";
export { identifyProcess, lookAtProcess, sweepExecutorsOf } from "./processes/process-identity.ts";
export { sweepDeadExecutors } from "./processes/sweep.ts";
export { SensorHosts, type SensorHostsOptions } from "./sensors/sensor-hosts.ts";
