export { type ErrorCode, type Issue, isMillraceError, MillraceError } from "@millrace/core";
export * from "./grid-letters.ts";
export * from "./http-status.ts";
export type * from "./permission.ts";
export type { RouteScope, RouteSpec } from "./route-spec.ts";
export type * from "./route-types.ts";
export * from "./routes/index.ts";
