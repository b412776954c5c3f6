import { type Client, connect, isMillraceError, MillraceError, type RouteOutput } from "@millrace/client";
import {
  type AttemptRow,
  type Command,
  type CommandAnswer,
  type CommandId,
  decode,
  type EventRow,
  encode,
  type RunId,
  type RunRow,
  type StoredValue,
  type TaskRunRow,
} from "@millrace/core";
import type { LogLine, Repeat, RepeatPlan, WhyWaiting } from "@millrace/server";
import type { RunAccess } from "../access/run-access.ts";
import type { FlowShape } from "../run-view/flow-shape.ts";
import { attemptRow, eventRow, flowShape, logLine, runRow, taskRunRow } from "./rows.ts";
import type { ServerAddress } from "./server-address.ts";

type Asked<Kind extends Command["kind"]> = Command & { readonly kind: Kind };
type LogWindow = Parameters<RunAccess["logs"]["read"]>[0];
type LogFollow = Parameters<RunAccess["logs"]["follow"]>[0];

/** Pages are read as large as the API gives them. */
const PAGE = 1_000;

/** A client of a server, with the token shown in each request. */
export function connectTo({ url, token }: ServerAddress): Client {
  return connect({ url, agent: "command", ...(token === undefined ? {} : { token }) });
}

/** The project of a server elsewhere, as commands look at one that is here. */
export class RemoteAccess implements RunAccess {
  readonly role = "remote";
  readonly #client: Client;
  /** Events after this one are told. */
  readonly #seq: number;
  readonly #listeners = new Set<(events: readonly EventRow[]) => void>();
  readonly #shapes = new Map<string, Promise<FlowShape>>();
  readonly #leaving = new AbortController();
  readonly #failed = Promise.withResolvers<never>();

  private constructor(client: Client, seq: number) {
    this.#client = client;
    this.#seq = seq;
    this.#failed.promise.catch(() => undefined);
  }

  /** @throws `NO_SERVER`, and what the server refuses. */
  static async open(address: ServerAddress): Promise<RemoteAccess> {
    const client = connectTo(address);
    return new RemoteAccess(client, (await client.call("getProject")).seq);
  }

  /** Ends what is followed. Twice is fine. */
  close(): void {
    this.#leaving.abort();
  }

  readonly store: RunAccess["store"] = {
    history: {
      findRun: (name) => this.#findRun(name),
      listRuns: async ({ limit, flow, states, before }) => {
        const query = {
          limit: Math.min(limit, PAGE),
          ...(flow === undefined ? {} : { flow }),
          ...(states === undefined ? {} : { state: [...states] }),
          ...(before === undefined ? {} : { cursor: before }),
        };
        return (await this.#client.runs.list(query)).items.map(runRow);
      },
      listTaskRuns: (run) => this.#listTaskRuns(run),
      listAttempts: (run) => this.#listAttempts(run),
    },
    findOutput: (run, node, item) => this.#findOutput(run, node, item),
    // Which run is the newest of its family is not told by the API.
    newestOfFamily: async () => undefined,
  };

  readonly logs: RunAccess["logs"] = {
    read: async ({ run, attempt, from, limit }: LogWindow) => {
      const page = await this.#client.call("readLog", { params: { run, attempt }, query: { from, limit } });
      return { from, lines: page.lines.map(logLine), ended: page.ended, count: page.total, closed: !page.writing };
    },
    follow: (follow) => this.#followLog(follow),
  };

  async flows(version: string, flow: string): Promise<{ readonly flows: readonly { readonly spec: FlowShape }[] }> {
    const key = `${version} ${flow}`;
    const known = this.#shapes.get(key) ?? this.#readShape(version, flow);
    this.#shapes.set(key, known);
    return { flows: [{ spec: await known }] };
  }

  onEvents(listener: (events: readonly EventRow[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  followRun(run: Pick<RunRow, "id" | "flow" | "version">): void {
    this.#follow(run).catch(this.#failed.reject);
  }

  async whenSettled(run: RunId): Promise<RunRow> {
    const ended = this.#client.runs.whenEnded(run, { signal: this.#leaving.signal });
    return runRow(await Promise.race([ended, this.#failed.promise]));
  }

  async why(run: RunId): Promise<readonly WhyWaiting[]> {
    const { items } = await this.#client.call("explainRun", { params: { run } });
    return items.map(({ task, state, reason }) => ({ label: task, state, reason }));
  }

  async readOutput(run: RunId, node: number, item: string): Promise<{ readonly value: unknown } | undefined> {
    const { found, tooLarge, value } = await this.#getOutput(run, node, item);
    if (!tooLarge) return found ? { value } : undefined;
    throw new MillraceError("USAGE", "The output is larger than the API gives.", {
      hint: "Read it on the server's machine: `millrace output` in the project's folder.",
    });
  }

  /** What an earlier process left is the server's own business. */
  async inheritedRuns(): Promise<readonly RunId[]> {
    return [];
  }

  async submit(command: Command): Promise<CommandAnswer & { readonly ok: true }> {
    const id = "" as CommandId;
    if (command.kind === "request_run") return { id, ok: true, run: (await this.#start(command)) as RunId };
    if (command.kind === "rerun") return { id, ok: true, run: (await this.#rerun(command)) as RunId };
    if (command.kind === "mark") {
      return { id, ok: true, run: (await this.#client.runs.mark(command.run, markBody(command))) as RunId };
    }
    if (command.kind !== "cancel_run") {
      throw new MillraceError("INTERNAL", `${command.kind} is not asked of a server elsewhere.`);
    }
    await this.#client.runs.cancel(command.run);
    return { id, ok: true, run: command.run };
  }

  #start({ flow, params, window, slice, version, selection, class: urgency }: Asked<"request_run">): Promise<string> {
    return this.#client.flow(flow).run(decode(params) as Record<string, unknown>, {
      window: window && {
        start: new Date(window.startMs).toISOString(),
        end: new Date(window.endMs).toISOString(),
      },
      version,
      selection: selection && { kind: selection.kind, nodes: [...selection.nodes] },
      ...(slice === undefined ? {} : { slice: slice.kind === "keys" ? { ...slice, keys: [...slice.keys] } : slice }),
      ...(urgency === undefined ? {} : { class: urgency }),
    });
  }

  #rerun(command: Asked<"rerun">): Promise<string> {
    return this.#client.runs.rerun(command.run, rerunBody(command));
  }

  async planRepeat(command: Repeat): Promise<RepeatPlan> {
    const { runs } = this.#client;
    if (command.kind === "mark") return await runs.planMark(command.run, markBody(command));
    return await runs.planRerun(command.run, rerunBody(command));
  }

  #getOutput(run: RunId, node: number, item: string): Promise<RouteOutput<"getOutput">> {
    // Without a node it is what the flow returned.
    const query = node < 0 ? {} : { node, item };
    return this.#client.call("getOutput", { params: { run }, query });
  }

  /** For a line at a run's end: what is too large for it is as good as nothing. */
  async #findOutput(run: RunId, node: number, item: string): Promise<StoredValue | undefined> {
    const { found, tooLarge, value } = await this.#getOutput(run, node, item);
    return found && !tooLarge ? { kind: "inline", text: encode(value, "the output") } : undefined;
  }

  async #findRun(name: string): Promise<RunRow | undefined> {
    try {
      return runRow(await this.#client.runs.get(name));
    } catch (error) {
      if (isMillraceError(error) && error.code === "UNKNOWN_RUN") return undefined;
      throw error;
    }
  }

  async #listTaskRuns(run: RunId): Promise<readonly TaskRunRow[]> {
    const rows = await readAll((query) => this.#client.call("listTaskRuns", { params: { run }, query }));
    return rows.map((row) => taskRunRow(run, row));
  }

  async #listAttempts(run: RunId): Promise<readonly AttemptRow[]> {
    const rows = await readAll((query) => this.#client.call("listAttempts", { params: { run }, query }));
    return rows.map((row) => attemptRow(run, row));
  }

  async #readShape(version: string, flow: string): Promise<FlowShape> {
    return flowShape(await this.#client.call("getFlow", { params: { flow }, query: { version } }));
  }

  async #follow({ id, flow, version }: Pick<RunRow, "id" | "flow" | "version">): Promise<void> {
    const { flows } = await this.flows(version, flow);
    const shape = flows[0]?.spec ?? { name: flow, nodes: [] };
    const signal = this.#leaving.signal;
    for await (const event of this.#client.events({ after: this.#seq, run: id, signal })) {
      const row = eventRow(shape, event);
      for (const listener of this.#listeners) listener([row]);
    }
  }

  async *#followLog({ run, attempt, from, signal }: LogFollow): AsyncGenerator<LogLine> {
    for await (const line of this.#client.runs.log(run, attempt, { from, signal })) yield logLine(line);
  }
}

function rerunBody({ selection, version }: Asked<"rerun">) {
  const { kind } = selection;
  const tasks = kind === "tasks" ? { tasks: [...selection.nodes], downstream: selection.downstream } : {};
  return { what: kind, version, ...tasks };
}

function markBody({ tasks, as, reason }: Asked<"mark">) {
  return { tasks: [...tasks], as, reason };
}

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
}

async function readAll<Item>(
  read: (query: PageQuery) => Promise<{ readonly items: readonly Item[]; readonly next: string | null }>,
): Promise<Item[]> {
  const all: Item[] = [];
  for (let query: PageQuery | undefined = { limit: PAGE }; query !== undefined; ) {
    const page: { readonly items: readonly Item[]; readonly next: string | null } = await read(query);
    all.push(...page.items);
    query = page.next === null ? undefined : { limit: PAGE, cursor: page.next };
  }
  return all;
}
