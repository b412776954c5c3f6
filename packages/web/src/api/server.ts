import { type CallOptions, Client } from "@millrace/client";
import { type RouteInput, type RouteName, type RouteOutput, routeOf } from "@millrace/contract";
import { fetchOrTake } from "./asked-ahead.ts";

/** What is read is there in a moment; what is changed or planned may be much. In milliseconds. */
const PATIENCE_MS = { read: 30_000, change: 120_000 } as const;

/** No answer came, and none is waited for any more. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  readonly afterMs: number;
  readonly isChange: boolean;

  constructor(afterMs: number, isChange: boolean) {
    super(`The server has not answered for ${afterMs / 1_000} seconds.`);
    this.afterMs = afterMs;
    this.isChange = isChange;
  }
}

/** A page that waits for ever says nothing: after a while it gives up, and says so. */
class PatientClient extends Client {
  override async call<Name extends RouteName>(
    name: Name,
    input?: Partial<RouteInput<Name>>,
    { signal, ...options }: CallOptions = {},
  ): Promise<RouteOutput<Name>> {
    const isChange = routeOf(name).method !== "GET";
    const afterMs = PATIENCE_MS[isChange ? "change" : "read"];
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(new NoAnswer(afterMs, isChange)), afterMs);
    const either = signal === undefined ? end.signal : AbortSignal.any([signal, end.signal]);
    // What was asked for ahead of the page's scripts listens to no signal.
    const late = new Promise<never>((_resolve, reject) => {
      end.signal.addEventListener("abort", () => reject(end.signal.reason));
    });
    try {
      return await Promise.race([super.call(name, input, { ...options, signal: either }), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The server that this page came from. */
export const server = new PatientClient({ url: location.origin, agent: "web", fetch: fetchOrTake });
