export type { LogLevel, LogLine, LogStore } from "@millrace/executors";
export { findLeftovers } from "@millrace/executors";
export { openProject } from "./project/open-project.ts";
export type * from "./project/project.ts";
export { openRuntime } from "./runtime/open-runtime.ts";
export type * from "./runtime/runtime.ts";
export type * from "./versions/build-result.ts";
export { type BuildOptions, buildVersion } from "./versions/build-version.ts";
export type * from "./versions/diagnostic.ts";
