import type { RouteInput, RouteOutput } from "@millrace/contract";
import { follow } from "./event-stream.ts";
import type { CallOptions, Transport } from "./transport.ts";

type Run = RouteOutput<"listRuns">["items"][number];
type ListQuery = RouteInput<"listRuns">["query"];

/** The runs of a server. */
export class RunsClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** One page, the newest first. */
  list(query: ListQuery = {}): Promise<RouteOutput<"listRuns">> {
    return this.#transport.call("listRuns", { query });
  }

  /** All that fit, the newest first, page after page as the loop goes on. */
  async *all(query: Omit<ListQuery, "cursor"> = {}): AsyncGenerator<Run, void> {
    let cursor: string | null = null;
    do {
      const page: RouteOutput<"listRuns"> = await this.list(cursor === null ? query : { ...query, cursor });
      yield* page.items;
      cursor = page.next;
    } while (cursor !== null);
  }

  /** By id, or the beginning of one that only it has. */
  get(run: string): Promise<RouteOutput<"getRun">> {
    return this.#transport.call("getRun", { params: { run } });
  }

  /** Resolves with the run when it has ended and its hooks are done. */
  async whenEnded(run: string, { signal }: Pick<CallOptions, "signal"> = {}): Promise<RouteOutput<"getRun">> {
    const now = await this.get(run);
    if (now.settled) return now;
    const query = { run: now.id, type: ["run.finished" as const, "hook.finished" as const] };
    for await (const _ of follow(this.#transport, "followEvents", { input: { query }, from: now.seq, signal })) {
      const then = await this.get(now.id);
      if (then.settled) return then;
    }
    signal?.throwIfAborted();
    return await this.get(now.id);
  }

  async cancel(run: string, options?: CallOptions): Promise<void> {
    await this.#transport.call("cancelRun", { params: { run } }, options);
  }

  /** Repeats what failed, or what is asked for. Gives the new run's id. */
  async rerun(run: string, what: RouteInput<"rerun">["body"] = {}, options?: CallOptions): Promise<string> {
    return (await this.#transport.call("rerun", { params: { run }, body: what }, options)).run;
  }

  /** What `rerun` would do. */
  planRerun(run: string, what: RouteInput<"planRerun">["body"] = {}): Promise<RouteOutput<"planRerun">> {
    return this.#transport.call("planRerun", { params: { run }, body: what });
  }

  /** Says how tasks of a run that has ended are to count. Gives the id of the run that this makes. */
  async mark(run: string, mark: RouteInput<"markTasks">["body"], options?: CallOptions): Promise<string> {
    return (await this.#transport.call("markTasks", { params: { run }, body: mark }, options)).run;
  }

  /** What `mark` would do. */
  planMark(run: string, mark: RouteInput<"planMark">["body"]): Promise<RouteOutput<"planMark">> {
    return this.#transport.call("planMark", { params: { run }, body: mark });
  }

  /** Lines of an attempt's log, as they come, until the attempt has ended. */
  log(
    run: string,
    attempt: number,
    { from = 0, clip, signal }: { readonly from?: number; readonly clip?: number; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<RouteOutput<"followLog">, void> {
    const input = { params: { run, attempt }, query: { from, ...(clip === undefined ? {} : { clip }) } };
    return follow(this.#transport, "followLog", { input, from: null, signal });
  }
}
