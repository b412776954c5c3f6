import type { ProblemCode } from "./http-status.ts";
import type { Permission } from "./permission.ts";

/**
 * What of a project a route is about, and so where its permission must be held.
 *
 * - `none`: for anonymous routes, and no others.
 * - `everything`: what belongs to no flow or to all of them; takes a grant for everything.
 * - `somewhere`: a grant for any flow will do, and the answer shows no more than the caller may read.
 * - `self`: the caller's own; whoever is logged in may.
 * - `flow`, `run`, `backfill`: the one that the path names as `{flow}`, `{run}` or `{backfill}`.
 * - `body`: the flow that the body names as `flow`.
 */
export type RouteScope = "none" | "everything" | "somewhere" | "self" | "flow" | "run" | "backfill" | "body";

/** One route of the API as plain data. What goes in and comes out is in the schemas, under the same name. */
export interface RouteSpec {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** With `{name}` for what a request fills in; a value is one segment, percent-encoded. */
  readonly path: `/api/${string}`;
  /** `anonymous`: everybody may. There is no default: a route without one does not exist. */
  readonly permission: Permission | "anonymous";
  /** What it is about: the permission must be held for that. */
  readonly scope: RouteScope;
  /** The chapter of the reference that it stands in. */
  readonly tag: string;
  /** One line for the reference. */
  readonly summary: string;
  /** Of a good answer. */
  readonly status: 200 | 201 | 202;
  /** `events`: a stream of server-sent events. `text`: plain text. `document`: JSON that has no schema of ours, or a page. */
  readonly answer: "json" | "events" | "text" | "document";
  /** The codes with which it refuses, beside those that any route may. */
  readonly errors: readonly ProblemCode[];
  /** Of a stream: what its events are, and when it ends. */
  readonly frames?: string;
}

/** Checks a table of routes and keeps what is written in it as types. */
export function routes<const Table extends Readonly<Record<string, RouteSpec>>>(table: Table): Table {
  return table;
}
