import type { ROUTES, RouteName, RouteOutput, RouteRequest } from "@millrace/contract";
import type { Runtime } from "../runtime/runtime.ts";

/** A request to a route, checked: what its handler is given. */
export interface Call<Name extends RouteName> extends RouteRequest<Name> {
  readonly runtime: Runtime;
  /** Who asks, for the record. */
  readonly actor: string;
  /** The same key twice is one request. Null where the caller gave none. */
  readonly idempotencyKey: string | null;
  /** Aborted when the caller goes away, or the server stops. */
  readonly signal: AbortSignal;
}

/** Routes that answer once, with a document. */
export type JsonRoute = {
  [Name in RouteName]: (typeof ROUTES)[Name]["answer"] extends "json" ? Name : never;
}[RouteName];

type Handler<Name extends RouteName> = (call: Call<Name>) => Promise<RouteOutput<Name>>;

/** A handler for each of some routes. */
export type Handlers<Names extends RouteName> = { readonly [Name in Names]: Handler<Name> };
