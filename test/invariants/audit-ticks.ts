import type { RunRow, Store, TickRow } from "@millrace/core";

const PAGE = 10_000;

/** The ticks that a schedule must have, by whoever knows. */
export interface ExpectedTicks {
  readonly flow: string;
  readonly schedule: string;
  /** In order. */
  readonly instants: readonly number[];
}

export interface TickAudit {
  readonly expected: number;
  /** Ticks without a run. */
  readonly missed: number;
  /** Runs for a tick that another run was made for already, and runs for what is no tick. */
  readonly doubled: number;
  readonly strange: number;
  /** What is wrong, in words. */
  readonly wrong: readonly string[];
}

/**
 * Reads a store and holds it against an oracle: each of the oracle's ticks has made exactly one run, nothing else has, and
 * what is kept of each tick names its run.
 */
export async function auditTicks(
  store: Pick<Store, "history" | "triggers">,
  expected: readonly ExpectedTicks[],
): Promise<TickAudit> {
  const wrong: string[] = [];
  let [missed, doubled, strange] = [0, 0, 0];
  const made = await runsByTick(store);
  for (const { flow, schedule, instants } of expected) {
    const kept = new Map((await listTicks(store, flow, schedule)).map((tick) => [tick.atMs, tick]));
    const runs = made.get(`${flow}\n${schedule}`) ?? new Map<number, RunRow[]>();
    for (const atMs of instants) {
      const own = runs.get(atMs) ?? [];
      runs.delete(atMs);
      const tick = kept.get(atMs);
      const what = `tick ${new Date(atMs).toISOString()} of ${flow}/${schedule}`;
      if (own.length === 0) {
        missed += 1;
        wrong.push(`${what} made no run${tick === undefined ? "" : `: ${tick.outcome}, ${tick.reason}`}`);
      } else if (own.length > 1) {
        doubled += own.length - 1;
        wrong.push(`${what} made ${own.length} runs`);
      } else if (tick?.outcome !== "run" || tick.run !== own[0]?.id) {
        strange += 1;
        wrong.push(`${what} made run ${own[0]?.id}, and is kept as ${tick?.outcome} of ${tick?.run}`);
      }
    }
    for (const [atMs, own] of runs) {
      strange += own.length;
      wrong.push(`${flow}/${schedule} made ${own.length} runs for ${new Date(atMs).toISOString()}, which is no tick`);
    }
  }
  const count = expected.reduce((sum, { instants }) => sum + instants.length, 0);
  return { expected: count, missed, doubled, strange, wrong };
}

/** First runs of schedules, by schedule and tick. */
async function runsByTick({ history }: Pick<Store, "history">): Promise<Map<string, Map<number, RunRow[]>>> {
  const made = new Map<string, Map<number, RunRow[]>>();
  let before: RunRow["id"] | undefined;
  for (;;) {
    const page = await history.listRuns(before === undefined ? { limit: PAGE } : { limit: PAGE, before });
    for (const run of page) {
      if (run.trigger.kind !== "schedule") continue;
      const name = `${run.flow}\n${run.trigger.schedule}`;
      const runs = made.get(name) ?? new Map<number, RunRow[]>();
      made.set(name, runs);
      runs.set(run.trigger.atMs, [...(runs.get(run.trigger.atMs) ?? []), run]);
    }
    before = page.at(-1)?.id;
    if (page.length < PAGE) return made;
  }
}

/** All of a schedule, page by page. */
async function listTicks(
  { triggers }: Pick<Store, "triggers">,
  flow: string,
  trigger: string,
): Promise<readonly TickRow[]> {
  const all: TickRow[] = [];
  for (;;) {
    const beforeMs = all.at(-1)?.atMs;
    const page = await triggers.listTicks({
      flow,
      trigger,
      limit: PAGE,
      ...(beforeMs === undefined ? {} : { beforeMs }),
    });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}
