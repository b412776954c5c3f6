import type { RouteOutput } from "@millrace/contract";
import type { IconName } from "../../ui/icon.tsx";

export type Rule = RouteOutput<"listAlertRules">["items"][number];
export type Message = RouteOutput<"listAlertDeliveries">["items"][number];

/** What alerts are about, in words. */
export const KINDS: Readonly<Record<Message["kind"], string>> = {
  "run.failed": "run failed",
  "run.recovered": "run recovered",
  "run.late": "run late",
  "run.stuck": "run stuck",
  "backfill.done": "backfill done",
  "schedule.paused": "schedule paused",
  "sensor.failing": "sensor failing",
  test: "test",
};

/** How the states of messages look. */
export const MESSAGE_LOOKS: Readonly<
  Record<Message["state"], { readonly text: string; readonly icon: IconName; readonly look: string }>
> = {
  waiting: { text: "Waiting", icon: "clock", look: "text-waiting" },
  sent: { text: "Sent", icon: "check", look: "text-success" },
  failed: { text: "Given up", icon: "cross", look: "text-failed" },
};
