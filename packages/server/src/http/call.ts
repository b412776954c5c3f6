import type { ROUTES, RouteName, RouteOutput, RouteRequest } from "@millrace/contract";
import type { Principal } from "@millrace/core";
import type { Runtime } from "../runtime/runtime.ts";
import type { People } from "../security/people.ts";
import type { Door, Entry } from "./door.ts";

/** How a request came in. Only what is about coming in needs to know. */
export interface Visit extends Entry {
  readonly people: People;
  readonly door: Door;
  /** Has the answer set a cookie. */
  setCookie(text: string): void;
}

/** What a handler says for the record, where the request alone does not say it. */
interface CallNote {
  /** What was there. */
  before?: unknown;
  /** What is there now, in place of what was sent: for requests that carry what must not be kept. */
  after?: unknown;
  /** Of the command that was given: the same request again is the same act, and one row. */
  ref?: string;
  /** The hash of what was asked, by which a repetition is told from another request under the same key. */
  request?: string;
}

/** A request to a route, checked: what its handler is given. */
export interface Call<Name extends RouteName> extends RouteRequest<Name> {
  readonly runtime: Runtime;
  /** The version of Millrace that answers. */
  readonly millrace: string;
  /** Who asks, and what they may. On a route that is open to everybody it may be nobody, who may nothing. */
  readonly principal: Principal;
  /** Who asks, for the record. */
  readonly actor: string;
  readonly visit: Visit;
  /** For the record: what a handler knows better than its request. */
  readonly note: CallNote;
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
