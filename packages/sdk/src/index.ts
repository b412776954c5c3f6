export type { Issue } from "@millrace/core";
export {
  type AlertChannel,
  type EmailAlertOptions,
  emailAlert,
  type SmtpOptions,
  slackAlert,
  type WebAlertOptions,
  type WebhookAlertOptions,
  webhookAlert,
} from "./alerts/alert-channels.ts";
export type { AlertGroupOptions, AlertOptions } from "./alerts/read-alerts.ts";
export type { BranchOptions } from "./branch/branch.ts";
export { choose } from "./branch/choose.ts";
export { when } from "./branch/when.ts";
export {
  type ConfigOptions,
  type ConnectionDeclaration,
  configOf,
  defineConfig,
  type PoolOptions,
  type ProjectConfig,
} from "./config/config.ts";
export type { RetentionOptions, RunRetention } from "./config/retention.ts";
export type { ServerConfig, ServerOptions } from "./config/server-options.ts";
export { definitionOf, type FlowDefinition, type NodeHandlers, type ParsedParamsResult } from "./flow/definition.ts";
export { type Flow, type FlowInputs, type FlowOutput, type FlowParams, flow } from "./flow/flow.ts";
export type { ConcurrencyOptions, DeadlineOptions, FlowOptions } from "./flow/flow-options.ts";
export { type Group, type GroupOptions, group } from "./group/group.ts";
export { type Approval, type ApprovalOptions, approval } from "./kinds/approval.ts";
export { type DuckdbOptions, duckdb } from "./kinds/connections/duckdb.ts";
export {
  type Connection,
  type Connections,
  type ConnectionsConfig,
  openConnections,
} from "./kinds/connections/open-connections.ts";
export { type PostgresOptions, postgres } from "./kinds/connections/postgres.ts";
export { type SqliteOptions, sqlite } from "./kinds/connections/sqlite.ts";
export { type FlowRunOptions, type FlowRunResult, flowRun } from "./kinds/flow-run.ts";
export { basic, bearer, type HttpAuth, headerAuth } from "./kinds/http/auth.ts";
export type { ExpectedStatus } from "./kinds/http/expect-status.ts";
export { type HttpRequestOptions, http } from "./kinds/http/http.ts";
export type { HttpFile } from "./kinds/http/run-http.ts";
export { toPlainJson } from "./kinds/plain-json.ts";
export type { PipesOptions } from "./kinds/python/pipes-context.ts";
export { type PythonOptions, python } from "./kinds/python/python.ts";
export {
  type EnvironmentSecret,
  env,
  type MaybeSecret,
  type Secret,
  type SecretReader,
  type StoredSecret,
  secret,
  secretNames,
} from "./kinds/secret.ts";
export { type ShellOptions, shell } from "./kinds/shell.ts";
export type { ColumnType } from "./kinds/sql/relation.ts";
export type { RowFile } from "./kinds/sql/row-file.ts";
export type { SqlSession } from "./kinds/sql/session.ts";
export { type SqlOptions, sql } from "./kinds/sql/sql.ts";
export { wait } from "./kinds/wait/wait.ts";
export type { FoundFile } from "./kinds/wait/wait-for-file.ts";
export { dynamicPartitions, product, staticPartitions } from "./partitions/key-partitions.ts";
export {
  type CronPartitionOptions,
  cronPartitions,
  type DailyOptions,
  daily,
  type HourlyOptions,
  hourly,
  type MonthlyOptions,
  monthly,
  type TimePartitionOptions,
  type WeeklyOptions,
  weekly,
} from "./partitions/time-partitions.ts";
export type { Input, InputOrMissing, ValueOf } from "./ref/input.ts";
export type { GivenRef, MapRef, Outcome, Ref } from "./ref/ref.ts";
export { businessDays, type Calendar, type CalendarOptions, calendar, type WeekdayName } from "./schedule/calendar.ts";
export { type ContinuousOptions, continuous } from "./schedule/continuous.ts";
export { cron } from "./schedule/cron.ts";
export { customSchedule } from "./schedule/custom-schedule.ts";
export { type EveryOptions, every } from "./schedule/every.ts";
export { once } from "./schedule/once.ts";
export type { PointInTime } from "./schedule/read-instant.ts";
export { rrule } from "./schedule/rrule.ts";
export type { InstantLike, NextFunction, Schedule, ScheduleHandlers } from "./schedule/schedule.ts";
export type { Catchup, ScheduleOptions } from "./schedule/schedule-options.ts";
export type { SchemaInput, SchemaOutput, StandardSchema } from "./schema/standard-schema.ts";
export { type } from "./schema/type.ts";
export { formatIssues } from "./schema/validate.ts";
export { CallSite, formatPlace, setSourceRoot } from "./source/call-site.ts";
export type {
  Decision,
  HookEvent,
  HookFunction,
  Logger,
  MetadataValue,
  Reporter,
  Resumed,
  TaskContext,
  TaskPartition,
} from "./task/context.ts";
export { type Deferred, defer, deferForApproval, deferForRun, isDeferred } from "./task/defer.ts";
export { defineTask, type TaskDefinition } from "./task/define-task.ts";
export { isNonRetryable, NonRetryableError, RetryAfterError, retryAfterMsOf } from "./task/failures.ts";
export { type TaskHandler, task } from "./task/function-task.ts";
export type { RateLimitOptions, ResourceOptions, TaskConcurrencyOptions } from "./task/limit-options.ts";
export type { KeyedCacheOptions, PlacementOptions } from "./task/placement-options.ts";
export type { CacheOptions, PoolOption, RetryOptions, TaskOptions } from "./task/policy-options.ts";
export type { Task } from "./task/task.ts";
export type { GatherOptions } from "./triggers/gather-options.ts";
export { type FileEvent, type OnFileOptions, onFile } from "./triggers/on-file.ts";
export { type FlowFinishedEvent, type OnFlowOptions, onFlow } from "./triggers/on-flow.ts";
export { type SensorOptions, sensor } from "./triggers/sensor.ts";
export type { SensorContext, SensorResult, SensorRun } from "./triggers/sensor-context.ts";
export type { Trigger, TriggerHandlers } from "./triggers/trigger.ts";
export { type WebhookEvent, type WebhookOptions, webhook } from "./triggers/webhook.ts";
