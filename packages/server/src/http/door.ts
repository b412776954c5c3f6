import type { IncomingMessage } from "node:http";
import type { Principal } from "@millrace/core";
import type { People, Visitor } from "../security/people.ts";
import { checkHost, checkOrigin, isForwarded, isLoopback } from "./guard.ts";
import { Refusal } from "./refusal.ts";
import { readSession } from "./session-cookie.ts";

export interface DoorOptions {
  /** Whether only this machine can reach the server: then a project without users asks nobody. */
  readonly isLocal: boolean;
  /** Where people reach the server, when that is not where it listens: behind a proxy. Null: where it listens. */
  readonly publicUrl: URL | null;
  /** Whether a proxy stands before the server, whose `X-Forwarded-For` and `X-Forwarded-Proto` say who asks. */
  readonly trustsProxy: boolean;
}

/** What a request says of who sends it. */
export interface Entry {
  /** Undefined for whoever does not say. */
  readonly visitor: Visitor | undefined;
  /** The address it comes from. */
  readonly from: string;
  /** What it says it was sent through. For the audit alone: anybody may say anything. */
  readonly through: "web" | "command" | "api";
  /** Whether the browser speaks https, with us or with the proxy. */
  readonly isSecure: boolean;
}

/** Whoever is on this machine, while a project has no users. */
const LOCAL: Visitor = {
  principal: { kind: "local", name: "api", grants: [{ role: "admin", flows: "*" }] },
  user: null,
};

/** The one place where requests become somebody. What is no request for this server does not come in at all. */
export class Door {
  readonly #people: People;
  readonly #options: DoorOptions;

  constructor(people: People, options: DoorOptions) {
    this.#people = people;
    this.#options = options;
  }

  /**
   * Finds out who asks. Throws a `Refusal` for a credential that lets nobody in, and for what a page of another origin sends
   * in somebody's name.
   */
  async enter(request: IncomingMessage): Promise<Entry> {
    const { publicUrl } = this.#options;
    const isSecure = this.#isSecure(request);
    const isOpen = await this.isOpen();
    const bearer = readBearer(request);
    // Whoever must show a token is not misled by a name: no browser adds it by itself.
    if (bearer === undefined) checkHost(request, { isOpen, publicUrl });
    checkOrigin(request, { isSecure, publicUrl });
    const from = this.#from(request);
    const through = throughOf(request, bearer !== undefined);
    if (bearer !== undefined) return { visitor: await this.#withToken(bearer, from), from, through, isSecure };
    const session = readSession(request, isSecure);
    const visitor = session === undefined ? undefined : await this.#people.recognise(session, ["session"], from);
    if (visitor !== undefined) {
      checkIsMeant(request);
      return { visitor, from, through, isSecure };
    }
    return { visitor: isOpen && isNearby(request) ? LOCAL : undefined, from, through, isSecure };
  }

  /** Whether nobody is asked who they are. */
  async isOpen(): Promise<boolean> {
    const { isLocal, publicUrl, trustsProxy } = this.#options;
    return isLocal && publicUrl === null && !trustsProxy && !(await this.#people.hasUsers());
  }

  /** What it takes to come in. */
  async needs(): Promise<"nothing" | "login" | "setup"> {
    if (await this.isOpen()) return "nothing";
    return (await this.#people.hasUsers()) ? "login" : "setup";
  }

  /** Who the sender of an upgrade request is. Pages of other origins are nobody. */
  async principalOf(request: IncomingMessage): Promise<Principal | undefined> {
    return (await this.enter(request)).visitor?.principal;
  }

  async #withToken(bearer: string, from: string): Promise<Visitor> {
    const visitor = await this.#people.recogniseBearer(bearer, from);
    if (visitor !== undefined) return visitor;
    throw unauthenticated("The token lets nobody in: it is none, was revoked, or has expired.");
  }

  #isSecure({ headers }: IncomingMessage): boolean {
    const { publicUrl, trustsProxy } = this.#options;
    if (trustsProxy) return lastOf(headers["x-forwarded-proto"])?.toLowerCase() === "https";
    return publicUrl?.protocol === "https:";
  }

  /** The proxy appends where it has a request from; what stands before that anybody may have written. */
  #from({ headers, socket }: IncomingMessage): string {
    const forwarded = this.#options.trustsProxy ? lastOf(headers["x-forwarded-for"]) : undefined;
    return (forwarded ?? socket.remoteAddress ?? "unknown").slice(0, 64);
  }
}

export function unauthenticated(detail: string, hint?: string): Refusal {
  const headers = { "www-authenticate": 'Bearer realm="millrace"' };
  return new Refusal("UNAUTHENTICATED", detail, hint === undefined ? { headers } : { headers, hint });
}

/** A request through a proxy is from wherever, though the proxy is on this machine. */
function isNearby(request: IncomingMessage): boolean {
  return isLoopback(request.socket.remoteAddress ?? "") && !isForwarded(request);
}

/** A browser sends the cookie with whatever makes it ask. What changes something must come from a page of ours. */
function checkIsMeant({ method, headers }: IncomingMessage): void {
  if (method === "GET" || method === "HEAD") return;
  if (headers.origin !== undefined || headers["sec-fetch-site"] === "same-origin") return;
  throw new Refusal("FORBIDDEN", "A change with a session's cookie needs the header Origin, as browsers send it.", {
    hint: "Programs use a token: Authorization: Bearer mr_…",
  });
}

/** Nothing but the words that are known is kept. The pages never show a token: whoever does is none of them. */
function throughOf({ headers }: IncomingMessage, hasToken: boolean): Entry["through"] {
  const said = headers["x-millrace-agent"];
  if (said === "web" && !hasToken) return "web";
  return said === "command" ? "command" : "api";
}

function readBearer({ headers }: IncomingMessage): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  const [, token] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  if (token !== undefined) return token;
  throw unauthenticated("The header Authorization holds no token.", "Send `Authorization: Bearer mr_…`.");
}

function lastOf(header: string | string[] | undefined): string | undefined {
  const last = String(header ?? "")
    .split(",")
    .at(-1)
    ?.trim();
  return last === "" ? undefined : last;
}
