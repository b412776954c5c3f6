import { routes } from "../route-spec.ts";

/** What schedules and triggers would do. */
export const FORECAST_ROUTES = routes({
  forecastTrigger: {
    method: "GET",
    path: "/api/v1/flows/{flow}/triggers/{trigger}/forecast",
    permission: "trigger.read",
    scope: "flow",
    tag: "triggers",
    summary:
      "The next ticks of a schedule, from any instant on, and what resuming it would make up for. Changes nothing.",
    status: 200,
    answer: "json",
    errors: ["UNKNOWN_FLOW", "UNKNOWN_TRIGGER", "USAGE"],
  },
  tryTrigger: {
    method: "POST",
    path: "/api/v1/flows/{flow}/triggers/{trigger}/try",
    permission: "trigger.fire",
    scope: "flow",
    tag: "triggers",
    summary:
      "Polls a sensor once, or gives another trigger a payload, and tells which runs that would make. Makes none, and keeps nothing.",
    status: 200,
    answer: "json",
    errors: ["UNKNOWN_FLOW", "UNKNOWN_TRIGGER", "USAGE"],
  },
});
