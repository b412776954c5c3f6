import type { RouteOutput } from "@millrace/client";

export type RunAnswer = RouteOutput<"listRuns">["items"][number];
export type TaskRunAnswer = RouteOutput<"listTaskRuns">["items"][number];
export type AttemptAnswer = RouteOutput<"listAttempts">["items"][number];
export type FlowAnswer = RouteOutput<"getFlow">;
export type LogLineAnswer = RouteOutput<"followLog">;
