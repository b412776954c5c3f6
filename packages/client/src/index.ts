export type { RouteInput, RouteName, RouteOutput } from "@millrace/contract";
export { isMillraceError, MillraceError } from "@millrace/contract";
export { Client, connect, type EventFilter, type FlowParams, type RunEvent } from "./client.ts";
export type { FlowClient, RunOptions } from "./flow-client.ts";
export type { RunsClient } from "./runs-client.ts";
export type { CallOptions, ClientOptions } from "./transport.ts";
