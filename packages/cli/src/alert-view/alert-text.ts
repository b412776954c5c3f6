import { ALERT_KINDS, type AlertDelivery, formatDuration } from "@millrace/core";
import type { Style } from "../output/style.ts";
import { tableText } from "../output/table-text.ts";
import { isoInstant, localInstant } from "../output/time-text.ts";
import type { ShownRule } from "./alert-access.ts";

export function ruleTable(rules: readonly ShownRule[], style: Style): string[] {
  const columns = [{ title: "RULE" }, { title: "OF" }, { title: "ON" }, { title: "TO" }, { title: "TOGETHER" }];
  const rows = rules.map((rule) => [
    style.bold(rule.name),
    scopeText(rule),
    rule.on.length === ALERT_KINDS.length ? "everything" : rule.on.join(", "),
    rule.channels.map(({ name }) => name).join(", "),
    rule.quietMs === 0 ? "each at once" : `${formatDuration(rule.quietMs)}, at most ${formatDuration(rule.withinMs)}`,
  ]);
  return tableText(columns, rows, style.dim);
}

function scopeText({ flows, owners, tags }: ShownRule): string {
  const parts = [
    flows.includes("*") ? "all flows" : flows.join(", "),
    ...(owners === null ? [] : [`owned by ${owners.join(" or ")}`]),
    ...(tags === null ? [] : [`tagged ${tags.join(" or ")}`]),
  ];
  return parts.join(", ");
}

export function ruleRecord(rule: ShownRule): Readonly<Record<string, unknown>> {
  const { name, on, flows, owners, tags, quietMs, withinMs, repeatMs } = rule;
  // Of a channel all else is, or may be, an address or a secret.
  const channels = rule.channels.map(({ name: channel, kind }) => ({ name: channel, kind }));
  return { type: "alert.rule", rule: name, on, flows, owners, tags, quietMs, withinMs, repeatMs, channels };
}

export function deliveryTable(deliveries: readonly AlertDelivery[], style: Style): string[] {
  const columns = [
    { title: "MESSAGE" },
    { title: "AT" },
    { title: "RULE" },
    { title: "TO" },
    { title: "STATE" },
    { title: "" },
  ];
  const rows = deliveries.map((delivery) => [
    delivery.id,
    localInstant(delivery.madeAtMs),
    delivery.rule,
    delivery.channel,
    stateText(delivery, style),
    delivery.message.title,
  ]);
  return tableText(columns, rows, style.dim);
}

/** `sent`, `waiting (2 tries)`, `failed (11 tries)`. */
function stateText({ state, tries }: AlertDelivery, style: Style): string {
  if (state === "sent") return style.green("sent");
  const text = tries.length === 0 ? state : `${state} (${tries.length === 1 ? "1 try" : `${tries.length} tries`})`;
  return state === "failed" ? style.red(text) : style.yellow(text);
}

/** One message, all there is. */
export function deliveryText(delivery: AlertDelivery, style: Style): string[] {
  const { id, rule, channel, message, nextAtMs, tries } = delivery;
  const { title, lines, count } = message;
  const left = count - lines.length;
  return [
    `${style.bold(id)}  ${rule} to ${channel}  ${stateText(delivery, style)}`,
    "",
    title,
    ...(count > 1 ? lines.map(({ flow, text }) => `  ${flow} ${text}`) : []),
    ...(left > 0 && lines.length > 0 ? [`  and ${left} more`] : []),
    "",
    ...tries.map(
      ({ atMs, ok, text }) => `${localInstant(atMs)}  ${ok ? style.green("took it") : style.red("no")}  ${text}`,
    ),
    ...(nextAtMs === null ? [] : [`${localInstant(nextAtMs)}  is tried next`]),
  ];
}

/** One line for each channel of a test. */
export function outcomeText({ channel, state, tries }: AlertDelivery, style: Style): string {
  const why = tries.at(-1)?.text ?? "";
  return state === "sent"
    ? `${style.green("sent")}    ${channel}  ${why}`
    : `${style.red("failed")}  ${channel}  ${why}`;
}

export function deliveryRecord(type: string, delivery: AlertDelivery): Readonly<Record<string, unknown>> {
  const { id, rule, channel, state, message, madeAtMs, nextAtMs, endedAtMs, tries } = delivery;
  return {
    type,
    alert: id,
    rule,
    channel,
    state,
    kind: message.kind,
    title: message.title,
    count: message.count,
    alerts: message.lines.map(({ flow, text, about }) => ({ flow, text, about })),
    madeAt: isoInstant(madeAtMs),
    nextAt: nextAtMs === null ? null : isoInstant(nextAtMs),
    endedAt: endedAtMs === null ? null : isoInstant(endedAtMs),
    tries: tries.map(({ atMs, ok, text }) => ({ at: isoInstant(atMs), ok, text })),
  };
}
