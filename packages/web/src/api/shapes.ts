import type { RouteInput, RouteOutput } from "@millrace/contract";

/** What the pages are made of, by the names that the contract has for it. */
export type Run = RouteOutput<"listRuns">["items"][number];
export type TaskRun = RouteOutput<"listTaskRuns">["items"][number];
export type Attempt = RouteOutput<"listAttempts">["items"][number];
/** What a task reported about data. */
export type Report = RouteOutput<"listReports">["items"][number];
export type RunEvent = RouteOutput<"followEvents">;
export type FlowSummary = RouteOutput<"listFlows">["items"][number];
export type Flow = RouteOutput<"getFlow">;
export type FlowNode = Flow["nodes"][number];
export type FlowRuns = RouteOutput<"listFlowRuns">["items"][number];
export type RunCounts = RouteOutput<"countRuns">;
export type RunProgress = RouteOutput<"listProgress">["items"][number];
export type Trigger = RouteOutput<"listTriggers">["items"][number];
export type Tick = RouteOutput<"listTicks">["items"][number];
export type LogLine = RouteOutput<"followLog">;
export type LogLevel = LogLine["level"];
export type Failure = NonNullable<Run["error"]>;
export type RerunBody = NonNullable<RouteInput<"rerun">["body"]>;
export type BuildError = RouteOutput<"listBuildErrors">["items"][number];
export type FlowVersion = RouteOutput<"listFlowVersions">["items"][number];
export type FlowCode = RouteOutput<"getFlowCode">;
export type FlowChanges = RouteOutput<"diffFlowCode">;
export type FlowCalendar = RouteOutput<"getFlowCalendar">;
export type CalendarDay = FlowCalendar["days"][number];
/** A task of a run, and all that belongs to it. */
export type TaskDetails = RouteOutput<"getTask">;
export type TaskTimes = RouteOutput<"getTaskTiming">["items"];
export type MarkBody = RouteInput<"markTasks">["body"];
export type RepeatPlan = RouteOutput<"planRerun">;
