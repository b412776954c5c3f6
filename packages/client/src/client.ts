import type { RouteInput, RouteName, RouteOutput } from "@millrace/contract";
import { follow } from "./event-stream.ts";
import { FlowClient } from "./flow-client.ts";
import { RunsClient } from "./runs-client.ts";
import { type CallOptions, type ClientOptions, type Input, Transport } from "./transport.ts";

/** An event of a run, as it became durable. */
export type RunEvent = RouteOutput<"followEvents">;

export interface EventFilter {
  /** Events after this `seq`, as an answer of the API gives it. Defaults to those from now on. */
  readonly after?: number;
  readonly flow?: string;
  readonly run?: string;
  readonly type?: RunEvent["type"] | RunEvent["type"][];
  /** Ends the following. */
  readonly signal?: AbortSignal;
  /** Told when a connection is made, and when it is lost: until the next one is made, nothing comes. Must not throw. */
  readonly onConnection?: (isThere: boolean) => void;
  /** Told when another version is active, or flow files are broken or mended, as this server sees it. Must not throw. */
  readonly onProjectChanged?: () => void;
}

/** The parameters of each flow by its name. What is not named takes any. */
export type FlowParams = Readonly<Record<string, object>>;

/** A server of Millrace, for programs. */
export class Client<Flows extends FlowParams = FlowParams> {
  readonly #transport: Transport;
  readonly runs: RunsClient;

  constructor(options: ClientOptions = {}) {
    this.#transport = new Transport(options);
    this.runs = new RunsClient(this.#transport);
  }

  /**
   * Calls any route of the API by its name, as the reference has it.
   *
   * @throws MillraceError with the server's code; `NO_SERVER` where none is reached; `USAGE` for what no route takes.
   */
  call<Name extends RouteName>(name: Name, input?: Input<Name>, options?: CallOptions): Promise<RouteOutput<Name>> {
    return this.#transport.call(name, input, options);
  }

  /** One flow, by its name. Nothing is asked of the server yet. */
  flow<Name extends keyof Flows & string>(name: Name): FlowClient<Flows[Name]> {
    return new FlowClient<Flows[Name]>(this.#transport, name);
  }

  /** The flows of the active version. */
  async flows(): Promise<RouteOutput<"listFlows">["items"]> {
    return (await this.#transport.call("listFlows")).items;
  }

  /** Begins a backfill. */
  backfill(ask: RouteInput<"createBackfill">["body"], options?: CallOptions): Promise<RouteOutput<"createBackfill">> {
    return this.#transport.call("createBackfill", { body: ask }, options);
  }

  /**
   * Events as they become durable, each once and in order. Connections that break are made again, and nothing is missed.
   * Ends with the signal, or when the loop over it is left.
   */
  async *events({
    after,
    signal,
    onConnection,
    onProjectChanged,
    ...query
  }: EventFilter = {}): AsyncGenerator<RunEvent, void> {
    // Asked first: a connection that breaks before the first event has a place to go on from.
    const from = after ?? (await this.#transport.call("getProject", {}, signal === undefined ? {} : { signal })).seq;
    const onNotice = (notice: string): void => {
      if (notice === "project.changed") onProjectChanged?.();
    };
    yield* follow(this.#transport, "followEvents", { input: { query }, from, signal, onConnection, onNotice });
  }
}

/**
 * A client of a server.
 *
 * @typeParam Flows the parameters of flows by name, so that `flow(name).run(…)` is checked: `connect<{ orders: { region: string } }>()`.
 */
export function connect<Flows extends FlowParams = FlowParams>(options: ClientOptions = {}): Client<Flows> {
  return new Client<Flows>(options);
}
