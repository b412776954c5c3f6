export type { LogLevel, LogLine, LogStore } from "@millrace/executors";
export type * from "./project/project.ts";
export type * from "./runtime/runtime.ts";
export type * from "./versions/build-result.ts";
export type * from "./versions/diagnostic.ts";
