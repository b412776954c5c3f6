import {
  didYouMean,
  formatByteSize,
  MillraceError,
  type PoolRow,
  type RatePolicy,
  type StoredCommand,
} from "@millrace/core";
import type { ActiveTask } from "./active-run.ts";
import { inLine } from "./admission/line-order.ts";
import type { Candidate } from "./admission/resource.ts";
import { claimsOf, poolResource } from "./claims.ts";
import { labelOf } from "./labels.ts";
import type { LimitBook } from "./limit-book.ts";
import type { LoadedFlow } from "./loaded-flow.ts";
import { holdersOf } from "./slot-holders.ts";
import { WaitExplainer } from "./why-waiting.ts";
import type { World } from "./world.ts";

/** A command about a pool. */
export type PoolCommand = StoredCommand & {
  readonly command: StoredCommand["command"] & { readonly kind: "set_pool" | "delete_pool" };
};

/** What a command makes of a pool. Throws `USAGE` for what is no size, `UNKNOWN_POOL` where there is nothing to take back. */
export function decidePool(limits: LimitBook, { actor: setBy, createdAtMs: setAtMs, command }: PoolCommand): PoolRow {
  const { pool: name } = command;
  if (command.kind === "delete_pool") {
    if (!limits.isSet(name)) throw neverSet(limits, name);
    return { name, slots: null, description: null, setBy, setAtMs };
  }
  const { slots } = command;
  if (name === "" || /[\n\r]/.test(name) || !Number.isSafeInteger(slots) || slots < 0) {
    throw new MillraceError("USAGE", `A pool cannot be called ${JSON.stringify(name)} and have ${slots} slots.`, {
      hint: "Give a name on one line, and a whole number of slots, 0 or more.",
    });
  }
  const former = limits.poolOf(name);
  const kept = former.source === "set" ? former.description : null;
  return { name, slots, description: command.description ?? kept, setBy, setAtMs };
}

function neverSet({ pools }: LimitBook, name: string): MillraceError {
  return new MillraceError("UNKNOWN_POOL", `Nobody has set the size of a pool "${name}".`, {
    hint: pools.includes(name)
      ? "Its size is what millrace.config.ts says: change it there."
      : didYouMean(name, pools, "pools"),
  });
}

/** Applies a command about a pool, from this turn on. Nobody loses a slot that he holds. Throws what `decidePool` does. */
export function changePool(world: World, command: PoolCommand): void {
  const row = decidePool(world.limits, command);
  world.limits.set(row);
  world.batch.pool(row);
  world.admission.resize(poolResource(row.name), world.limits.poolOf(row.name).slots, world.batch.atMs);
}

/** Refuses a flow of which a task could never start here. */
export function refuseTooLarge(world: World, { spec }: LoadedFlow): void {
  for (const node of spec.nodes) {
    if (node.kind !== "task" || !node.policies.resources) continue;
    for (const claim of claimsOf(spec.name, node, null)) {
      const excess = world.limits.excessOf(claim);
      if (excess === undefined) continue;
      const [wants, has] = claim.kind === "cpu" ? [cpuText(excess.wants), cpuText(excess.has)] : byteTexts(excess);
      throw new MillraceError(
        "TASK_TOO_LARGE",
        `The task ${node.id} of ${spec.name} needs ${wants}, and there are ${has}.`,
        {
          hint: "Let it ask for less in `resources`, or say in millrace.config.ts that the machine has more.",
        },
      );
    }
  }
}

function cpuText(millis: number): string {
  return `${millis / 1_000} processors`;
}

function byteTexts({ wants, has }: { readonly wants: number; readonly has: number }): readonly [string, string] {
  return [`${formatByteSize(wants)} of memory`, formatByteSize(has)];
}

/** A pool with those who hold its slots and those who wait for them. */
export interface PoolView {
  readonly name: string;
  readonly slots: number;
  readonly used: number;
  readonly description: string | null;
  /** `set`: by a command. `config`: by the configuration. `claimed`: by nobody; a task names it. */
  readonly source: "set" | "config" | "claimed";
  readonly rate: RatePolicy | null;
  readonly holders: readonly SlotUser[];
  /** How many wait in all. */
  readonly waiting: number;
  /** The first in line first; no more than were asked for. */
  readonly waiters: readonly SlotUser[];
}

/** A task run that holds slots of a pool, or wants to. */
export interface SlotUser {
  readonly run: string;
  readonly flow: string;
  readonly task: string;
  readonly slots: number;
  readonly class: "live" | "backfill";
  readonly priority: number;
  /** Since when it holds them, or waits. */
  readonly sinceMs: number;
  /** Why it waits, in a sentence: it may wait for something else than this pool. Null of one that holds slots. */
  readonly reason: string | null;
}

/** Pools that were declared, set, or claimed by anybody under way. @param waiters how many of each to name. */
export function viewPools(world: World, waiters: number): readonly PoolView[] {
  const names = new Set(world.limits.pools);
  for (const { kind, label } of world.admission.resources()) if (kind === "pool") names.add(label);
  return [...names].sort().map((name) => viewPool(world, name, waiters));
}

function viewPool(world: World, name: string, waiters: number): PoolView {
  const { slots, description, source } = world.limits.poolOf(name);
  const resource = world.admission.find(poolResource(name));
  const waits = new WaitExplainer(world);
  let waiting = 0;
  for (const bucket of resource?.buckets ?? []) waiting += bucket.size;
  return {
    name,
    slots,
    used: resource?.used ?? 0,
    description,
    source,
    rate: world.limits.rateOf(name),
    holders: holdersOf(world, poolResource(name)).map((task) => {
      return { ...slotUser(task, name), sinceMs: task.attempt?.startedAtMs ?? task.readyAtMs, reason: null };
    }),
    waiting,
    waiters: (resource === undefined ? [] : inLine(resource, waiters, world.nowMs)).map((candidate: Candidate) => {
      const task = candidate as ActiveTask;
      return { ...slotUser(task, name), sinceMs: task.readyAtMs, reason: waits.reasonOf(task) };
    }),
  };
}

function slotUser(task: ActiveTask, pool: string): Omit<SlotUser, "sinceMs" | "reason"> {
  const { bucket, run } = task;
  const need = bucket.needs?.find(({ resource }) => resource.name === poolResource(pool));
  return {
    run: run.id,
    flow: run.flow.spec.name,
    task: labelOf(run, task),
    slots: need?.units ?? 1,
    class: bucket.class,
    priority: bucket.priority,
  };
}
