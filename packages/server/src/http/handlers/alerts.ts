import type { RouteOutput } from "@millrace/contract";
import type { AlertDelivery, AlertRule } from "@millrace/core";
import type { Handlers } from "../call.ts";
import { instant, maybeInstant } from "../views/values.ts";
import { idOf } from "./pages.ts";

type Names = "listAlertRules" | "testAlertRule" | "listAlertDeliveries" | "getAlertDelivery" | "retryAlertDelivery";
type DeliveryView = RouteOutput<"getAlertDelivery">;

/** Who is told of what, and what became of it. */
export const ALERTS: Handlers<Names> = {
  async listAlertRules({ runtime }) {
    return { items: (await runtime.alerts.rules()).map(ruleView), next: null };
  },

  async testAlertRule({ runtime, params }) {
    return { items: (await runtime.alerts.test(params.rule)).map(deliveryView) };
  },

  async listAlertDeliveries({ runtime, query: { limit, cursor, rule, state } }) {
    const found = await runtime.alerts.list({
      limit: limit + 1,
      ...(cursor === undefined ? {} : { before: idOf(cursor) }),
      ...(rule === undefined ? {} : { rule }),
      ...(state === undefined ? {} : { state }),
    });
    const items = found.slice(0, limit);
    return { items: items.map(deliveryView), next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  },

  async getAlertDelivery({ runtime, params }) {
    return deliveryView(await runtime.alerts.get(params.delivery));
  },

  async retryAlertDelivery({ runtime, params }) {
    return deliveryView(await runtime.alerts.retry(params.delivery));
  },
};

function ruleView({
  channels,
  on,
  flows,
  owners,
  tags,
  ...rule
}: AlertRule): RouteOutput<"listAlertRules">["items"][number] {
  return {
    ...rule,
    on: [...on],
    flows: [...flows],
    owners: owners === null ? null : [...owners],
    tags: tags === null ? null : [...tags],
    // Of a channel all else is, or may be, an address or a secret.
    channels: channels.map(({ name, kind }) => ({ name, kind })),
  };
}

function deliveryView({ message, tries, ...delivery }: AlertDelivery): DeliveryView {
  const { id, rule, channel, state, madeAtMs, nextAtMs, endedAtMs } = delivery;
  const { kind, title, count, lines } = message;
  return {
    id,
    rule,
    channel,
    kind,
    state,
    title,
    count,
    alerts: lines.map(({ flow, text, atMs, about }) => ({ flow, text, at: instant(atMs), about })),
    madeAt: instant(madeAtMs),
    nextAt: maybeInstant(nextAtMs),
    endedAt: maybeInstant(endedAtMs),
    tries: tries.map(({ atMs, ok, text }) => ({ at: instant(atMs), ok, text })),
  };
}
