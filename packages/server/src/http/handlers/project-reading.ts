import { type AttemptPlace, type FlowSpec, MillraceError, may, type Principal, placeText } from "@millrace/core";
import type { PoolOverview, Runtime } from "../../runtime/runtime.ts";
import { tasksThat } from "../../security/open-vault.ts";
import type { Handlers } from "../call.ts";
import { instant } from "../views/values.ts";
import { flowsOf } from "./active-flows.ts";

type Names = "getHealth" | "getReady" | "getProject" | "listServers" | "listWorkers" | "listPools";

/** What can be read of a project as a whole. */
export const PROJECT_READING: Handlers<Names> = {
  getHealth: async () => ({ ok: true }),

  async getReady({ runtime }) {
    if ((await runtime.store.findLeader()) !== undefined) return { ok: true };
    throw new MillraceError("NO_SERVER", "Nobody leads the project now.", { hint: "Ask again in a few seconds." });
  },

  async getProject({ runtime, millrace }) {
    const { store } = runtime;
    const seq = await store.history.lastEventSeq();
    const leader = await store.findLeader();
    const { version, flows } = await flowsOf(runtime, undefined);
    return {
      millrace,
      activeVersion: version,
      flows: flows.length,
      leader:
        leader === undefined
          ? null
          : { holder: leader.holder, since: instant(leader.sinceMs), epoch: leader.epoch as number },
      seq,
    };
  },

  async listServers({ runtime, principal }) {
    const { servers } = await runtime.servers();
    const running = runningAt(runtime, principal);
    const items = servers.map(({ id, kind, host, pid, role, startedAtMs, silentMs, isThere }) => {
      const said = {
        id,
        kind,
        host,
        pid,
        role,
        startedAt: instant(startedAtMs),
        silentMs: Math.round(silentMs),
        isThere,
      };
      return { ...said, running: running({ worker: null, host, pid }) };
    });
    return { items, next: null };
  },

  async listWorkers({ runtime, principal }) {
    const { workers } = await runtime.servers();
    const known = new Map(runtime.remoteWorkers?.workers.map((worker) => [worker.id, worker]));
    const running = runningAt(runtime, principal);
    const items = workers.map(({ connectedAtMs, ...worker }) => {
      const { id, name, host, pid } = worker;
      const seen = known.get(id);
      return {
        ...worker,
        connectedAt: instant(connectedAtMs),
        isAway: seen?.state === "away",
        silentMs: seen === undefined ? null : Math.round(seen.silentMs),
        running: running({ worker: name, host, pid }),
      };
    });
    return { items, next: null };
  },

  async listPools({ runtime, principal, query }) {
    const pools = await runtime.pools(query.waiters);
    // How full a pool is, everybody may know; of what, only who may read those runs.
    const isShown = ({ flow }: { readonly flow: string }): boolean => may(principal, "run.read", flow);
    const shown = pools.map((pool) => {
      return { ...pool, holders: pool.holders.filter(isShown), waiters: pool.waiters.filter(isShown) };
    });
    const { flows } = await flowsOf(runtime, undefined);
    const readable = flows.filter(({ name }) => may(principal, "flow.read", name));
    return { items: shown.map((pool) => ({ ...poolView(pool), usedBy: claimants(readable, pool.name) })), next: null };
  },
};

/** What runs at a place, as far as somebody may read those runs; null where this server does not lead. */
function runningAt(runtime: Pick<Runtime, "running">, principal: Principal) {
  const all = runtime.running();
  return (at: AttemptPlace) =>
    all
      ?.filter(({ flow, place }) => placeText(place) === placeText(at) && may(principal, "run.read", flow))
      .map(({ run, flow, task, sinceMs }) => ({ run, flow, task, since: instant(sinceMs) })) ?? null;
}

/** What of the active version takes slots of a pool. */
function claimants(flows: readonly FlowSpec[], pool: string): { flow: string; tasks: string[] }[] {
  return flows.flatMap((flow) => {
    const tasks = tasksThat(flow, ({ policies }) => policies.pools.some((claim) => claim.pool === pool));
    return tasks.length === 0 ? [] : [{ flow: flow.name, tasks: [...tasks] }];
  });
}

function poolView({ holders, waiters, name, slots, used, description, source, rate, waiting }: PoolOverview) {
  return {
    name,
    rate: rate === null ? null : { ...rate },
    slots,
    used,
    description,
    source,
    waiting,
    holders: holders.map(useView),
    waiters: waiters.map(useView),
  };
}

function useView({ sinceMs, ...use }: PoolOverview["holders"][number]) {
  return { ...use, since: instant(sinceMs) };
}
