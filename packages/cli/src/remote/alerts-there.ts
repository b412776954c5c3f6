import type { Client } from "@millrace/client";
import type { AlertDelivery } from "@millrace/core";
import type { AlertAccess } from "../alert-view/alert-access.ts";

type View = Awaited<ReturnType<typeof getOne>>;

/** The alerts of a server elsewhere: tests and tries go out from there. */
export function alertsThere(client: Client): AlertAccess {
  return {
    rules: async () => (await client.call("listAlertRules")).items,
    list: async ({ limit, rule, state }) => {
      const query = { limit, ...(rule === undefined ? {} : { rule }), ...(state === undefined ? {} : { state }) };
      return (await client.call("listAlertDeliveries", { query })).items.map(deliveryOf);
    },
    get: async (id) => deliveryOf(await getOne(client, id)),
    test: async (rule) => (await client.call("testAlertRule", { params: { rule } })).items.map(deliveryOf),
    retry: async (id) => deliveryOf(await client.call("retryAlertDelivery", { params: { delivery: id } })),
  };
}

function getOne(client: Client, delivery: string) {
  return client.call("getAlertDelivery", { params: { delivery } });
}

function deliveryOf(view: View): AlertDelivery {
  const { id, rule, channel, kind, state, title, count, alerts, tries } = view;
  const madeAtMs = Date.parse(view.madeAt);
  const lines = alerts.map(({ flow, text, at, about }) => ({ flow, text, atMs: Date.parse(at), about, url: null }));
  return {
    id,
    rule,
    channel,
    state,
    message: { rule, kind, atMs: lines[0]?.atMs ?? madeAtMs, title, count, lines, url: null },
    madeAtMs,
    nextAtMs: view.nextAt === null ? null : Date.parse(view.nextAt),
    endedAtMs: view.endedAt === null ? null : Date.parse(view.endedAt),
    tries: tries.map(({ at, ok, text }) => ({ atMs: Date.parse(at), ok, text })),
  };
}
