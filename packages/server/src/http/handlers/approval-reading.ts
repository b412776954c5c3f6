import type { RouteOutput } from "@millrace/contract";
import { type FlowSpec, may, type RunRow, type TaskRunRow, taskRunLabel, type YieldUntil } from "@millrace/core";
import type { UserEntry } from "../../security/users.ts";
import type { Handlers } from "../call.ts";
import { upstreamOf } from "../views/flow-views.ts";
import { taskRunView } from "../views/run-views.ts";
import { instant, jsonOf, maybeInstant, sliceView, windowView } from "../views/values.ts";
import { askedCursor, askedPlaceOf } from "./pages.ts";
import { specOf } from "./run-reading.ts";

type ApprovalView = RouteOutput<"listApprovals">["items"][number];

/** What people are asked over all runs, and what they said. */
export const APPROVAL_READING: Handlers<"listApprovals"> = {
  async listApprovals({ runtime, visit, query: { which, limit, cursor } }) {
    const rows = await runtime.store.history.listAsked({
      which,
      limit: limit + 1,
      ...(cursor === undefined ? {} : { before: askedPlaceOf(cursor) }),
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const users = await visit.people.users.list();
    const found = await runtime.store.history.findRuns([...new Set(page.map(({ run }) => run))]);
    const runs = new Map(found.map((run) => [run.id, run]));
    const items = await Promise.all(
      page.map(async (row) => {
        const run = runs.get(row.run);
        if (run === undefined || row.waitsFor?.kind !== "approval") return [];
        return [approvalView({ run, row, until: row.waitsFor, spec: await specOf(runtime, run), users })];
      }),
    );
    return { items: items.flat(), next: rows.length > limit && last !== undefined ? askedCursor(last) : null };
  },
};

interface Asked {
  readonly run: RunRow;
  readonly row: TaskRunRow;
  readonly until: YieldUntil & { readonly kind: "approval" };
  readonly spec: FlowSpec | undefined;
  readonly users: readonly UserEntry[];
}

function approvalView({ run, row, until, spec, users }: Asked): ApprovalView {
  const { node, item, startedAtMs } = row;
  const { message, deadlineMs, onDeadline, decision } = until;
  return {
    run: run.id,
    flow: run.flow,
    task: taskRunView({ run, spec }, row).task,
    node,
    item,
    message,
    askedAt: maybeInstant(startedAtMs),
    deadline: maybeInstant(deadlineMs),
    onDeadline,
    params: jsonOf(run.params),
    window: windowView(run.window),
    slice: run.slice === null ? null : sliceView(run.slice),
    upstream: spec === undefined ? [] : givenTo(spec, row),
    deciders: users.length === 0 ? null : decidersOf(run.flow, users),
    decision:
      decision === undefined
        ? null
        : { decision: decision.decision, by: decision.by, comment: decision.comment, at: instant(decision.atMs) },
  };
}

/** What came before, as far as it has one output to read: within the same item, or outside of every map. */
function givenTo(spec: FlowSpec, row: TaskRunRow): ApprovalView["upstream"] {
  const own = spec.nodes[row.node];
  if (own === undefined) return [];
  return upstreamOf(own).flatMap((node) => {
    const map = spec.nodes[node]?.map;
    if (map !== null && map !== own.map) return [];
    const item = map === null ? "" : row.item;
    return [{ task: taskRunLabel(spec.nodes[node]?.id ?? "", item as TaskRunRow["item"]), node, item }];
  });
}

function decidersOf(flow: string, users: readonly UserEntry[]): string[] {
  return users
    .filter(
      ({ disabledAtMs, grants }) =>
        disabledAtMs === null && may({ kind: "user", name: "", grants }, "approval.decide", flow),
    )
    .map(({ name }) => name);
}
