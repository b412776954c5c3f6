import { type AttemptId, type FlowSpec, isMillraceError, MillraceError, type RunId, type RunRow } from "@millrace/core";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Handlers } from "../call.ts";
import { attemptView, eventView, reportView, runView, taskRunView } from "../views/run-views.ts";
import { idOf, pageByPlace, placeOf, taskRunCursor, taskRunPlaceOf } from "./pages.ts";

/** @throws `UNKNOWN_RUN`. */
export async function findRun({ store }: Pick<Runtime, "store">, name: string): Promise<RunRow> {
  const run = await store.history.findRun(name.toUpperCase());
  if (run !== undefined) return run;
  throw unknownRun(name);
}

export function unknownRun(name: string): MillraceError {
  return new MillraceError("UNKNOWN_RUN", `There is no run "${name}".`, {
    hint: "GET /api/v1/runs lists the runs; at least 4 characters of the beginning or the end of an id are enough when only one has them.",
  });
}

/** What the run's version says of its flow; undefined where that is removed. */
export async function specOf(
  runtime: Pick<Runtime, "flows">,
  { version, flow }: Pick<RunRow, "version" | "flow">,
): Promise<FlowSpec | undefined> {
  try {
    const { flows } = await runtime.flows(version);
    return flows.find(({ spec }) => spec.name === flow)?.spec;
  } catch (error) {
    if (isMillraceError(error) && error.code === "UNKNOWN_VERSION") return undefined;
    throw error;
  }
}

type Names = "listRuns" | "getRun" | "listTaskRuns" | "listAttempts" | "listReports" | "listRunEvents" | "explainRun";

/** Behind all that stands before a node: items are numbers, and none has so many digits. */
function beforeNode(node: number) {
  return taskRunPlaceOf(`${node - 1}~99999999999999~z`);
}

/** What can be read of runs. Where an answer has a `seq`, that is read first: an event may be told twice, and never missed. */
export const RUN_READING: Handlers<Names> = {
  async listRuns({ runtime: { store }, query: { limit, cursor, flow, state } }) {
    const seq = await store.history.lastEventSeq();
    const rows = await store.history.listRuns({
      limit: limit + 1,
      ...(flow === undefined ? {} : { flow }),
      ...(state === undefined ? {} : { states: state }),
      ...(cursor === undefined ? {} : { before: idOf<RunId>(cursor) }),
    });
    const items = rows.slice(0, limit);
    return { items: items.map(runView), next: rows.length > limit ? (items.at(-1)?.id ?? null) : null, seq };
  },

  async getRun({ runtime, params }) {
    const seq = await runtime.store.history.lastEventSeq();
    return { ...runView(await findRun(runtime, params.run)), seq };
  },

  async listTaskRuns({ runtime, params, query }) {
    const { history } = runtime.store;
    const seq = await history.lastEventSeq();
    const run = await findRun(runtime, params.run);
    const spec = await specOf(runtime, run);
    const { state, limit, cursor, task } = query;
    const node = task === undefined ? undefined : (spec?.nodes.findIndex(({ id }) => id === task) ?? -1);
    if (node === -1) return { items: [], next: null, seq };
    const after = cursor === undefined ? (node === undefined ? undefined : beforeNode(node)) : taskRunPlaceOf(cursor);
    const found = await history.listTaskRuns(run.id, {
      limit: limit + 1,
      ...(state === undefined ? {} : { states: state }),
      ...(after === undefined ? {} : { after }),
    });
    const rows = node === undefined ? found : found.filter((row) => row.node === node);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const next = rows.length > limit && last !== undefined ? taskRunCursor(last) : null;
    return { items: page.map((row) => taskRunView({ run, spec }, row)), next, seq };
  },

  async listAttempts({ runtime, params, query: { limit, cursor } }) {
    const { history } = runtime.store;
    const seq = await history.lastEventSeq();
    const run = await findRun(runtime, params.run);
    const spec = await specOf(runtime, run);
    const after = cursor === undefined ? {} : { after: placeOf(cursor) as AttemptId };
    const rows = await history.listAttempts(run.id, { limit: limit + 1, ...after });
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? String(page.at(-1)?.id) : null;
    return { items: page.map((row) => attemptView(spec, row, runtime)), next, seq };
  },

  async listReports({ runtime, params, query }) {
    const run = await findRun(runtime, params.run);
    const spec = await specOf(runtime, run);
    const page = pageByPlace(query);
    return page.of(await runtime.store.history.listReports(run.id, page), (row) => reportView(spec, row));
  },

  async listRunEvents({ runtime, params, query: { limit, cursor = "0" } }) {
    const run = await findRun(runtime, params.run);
    const of = { flow: run.flow, spec: await specOf(runtime, run) };
    const rows = await runtime.store.history.listEvents(run.id, placeOf(cursor), limit + 1);
    const items = rows.slice(0, limit).map((row) => eventView(of, row));
    return { items, next: rows.length > limit ? String(items.at(-1)?.seq) : null };
  },

  async explainRun({ runtime, params }) {
    const run = await findRun(runtime, params.run);
    const waiting = run.settled ? [] : await runtime.why(run.id);
    return { items: waiting.map(({ label, state, reason }) => ({ task: label, state, reason })), next: null };
  },
};
