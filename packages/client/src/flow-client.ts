import type { RouteInput, RouteOutput } from "@millrace/contract";
import type { CallOptions, Transport } from "./transport.ts";

export type RunOptions = CallOptions & Omit<RouteInput<"startRun">["body"], "params">;

/** Parameters may be left out where the flow needs none of them. */
type RunArguments<Params extends object> =
  Record<never, never> extends Params
    ? [params?: Params, options?: RunOptions]
    : [params: Params, options?: RunOptions];

/** One flow of a server. */
export class FlowClient<Params extends object> {
  readonly #transport: Transport;
  readonly name: string;

  constructor(transport: Transport, name: string) {
    this.#transport = transport;
    this.name = name;
  }

  /** Runs it. Gives the run's id once the run is durable; a call that is repeated because no answer came makes one run. */
  async run(...given: RunArguments<Params>): Promise<string> {
    const [params, { signal, idempotencyKey, ...more } = {}] = given as [params?: Params, options?: RunOptions];
    const body = { ...more, ...(params === undefined ? {} : { params: params as Record<string, unknown> }) };
    const options = { ...(signal && { signal }), ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
    return (await this.#transport.call("startRun", { params: { flow: this.name }, body }, options)).run;
  }

  /** Its graph, parameters, schedules and triggers. */
  get(): Promise<RouteOutput<"getFlow">> {
    return this.#transport.call("getFlow", { params: { flow: this.name } });
  }

  /** Pauses its schedules and triggers. */
  async pause(reason: string | null = null): Promise<void> {
    await this.#transport.call("pauseTriggers", { params: { flow: this.name }, body: { reason } });
  }

  async resume(): Promise<void> {
    await this.#transport.call("resumeTriggers", { params: { flow: this.name } });
  }

  /** Gives one of its triggers an event. */
  fire(trigger: string, payload: unknown = {}, options?: CallOptions): Promise<RouteOutput<"fireTrigger">> {
    return this.#transport.call("fireTrigger", { params: { flow: this.name, trigger }, body: { payload } }, options);
  }
}
