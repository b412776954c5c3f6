import { ALERT_KINDS } from "@millrace/core";
import { z } from "zod";
import { Instant, MaybeInstant, Name, PageQuery, pageOf, Whole } from "./value-schemas.ts";

const none = z.strictObject({});
const nothing = { params: none, query: none, body: null } as const;
const ofDelivery = { ...nothing, params: z.strictObject({ delivery: Name }) } as const;

const Kind = z.enum(ALERT_KINDS);
const State = z.enum(["waiting", "sent", "failed"]).describe("`failed`: given up; it may be tried again.");

const RuleView = z
  .object({
    name: z.string(),
    on: z.array(Kind),
    flows: z.array(z.string()).describe("Patterns of flow names."),
    owners: z.array(z.string()).nullable().describe("Null: flows of anybody."),
    tags: z.array(z.string()).nullable().describe("Null: whatever tags flows have."),
    quietMs: Whole,
    withinMs: Whole,
    repeatMs: Whole.describe("How often a flow is told of that goes on failing; 0: each time."),
    channels: z.array(z.object({ name: z.string(), kind: z.enum(["webhook", "slack", "email"]) })),
  })
  .meta({ id: "AlertRule" });

const About = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("run"), id: z.string() }),
  z.object({ kind: z.literal("backfill"), id: z.string() }),
  z.object({ kind: z.literal("trigger"), name: z.string() }),
]);

const DeliveryView = z
  .object({
    id: z.string(),
    rule: z.string(),
    channel: z.string(),
    kind: z.enum([...ALERT_KINDS, "test"]),
    state: State,
    title: z.string(),
    count: Whole.describe("How many alerts it stands for."),
    alerts: z
      .array(z.object({ flow: z.string(), text: z.string(), at: Instant, about: About }))
      .describe("The first ten of them."),
    madeAt: Instant,
    nextAt: MaybeInstant.describe("When it is tried next."),
    endedAt: MaybeInstant,
    tries: z.array(z.object({ at: Instant, ok: z.boolean(), text: z.string() })),
  })
  .meta({ id: "AlertDelivery" });

export const ALERT_SCHEMAS = {
  listAlertRules: { ...nothing, response: pageOf(RuleView) },
  testAlertRule: {
    ...nothing,
    params: z.strictObject({ rule: Name }),
    response: z.object({ items: z.array(DeliveryView) }),
  },
  listAlertDeliveries: {
    ...nothing,
    query: PageQuery.extend({ rule: Name.optional(), state: State.optional() }),
    response: pageOf(DeliveryView),
  },
  getAlertDelivery: { ...ofDelivery, response: DeliveryView },
  retryAlertDelivery: { ...ofDelivery, response: DeliveryView },
} as const;
