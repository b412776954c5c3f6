import type { CommandSpec } from "./command-spec.ts";
import { ALERT_COMMANDS } from "./table/alert-commands.ts";
import { API_COMMANDS } from "./table/api-commands.ts";
import { BACKFILL_COMMANDS } from "./table/backfill-commands.ts";
import { DATABASE_COMMANDS } from "./table/database-commands.ts";
import { DEV_COMMANDS } from "./table/dev-commands.ts";
import { EVENT_COMMANDS } from "./table/event-commands.ts";
import { HISTORY_COMMANDS } from "./table/history-commands.ts";
import { PEOPLE_COMMANDS } from "./table/people-commands.ts";
import { POOL_COMMANDS } from "./table/pool-commands.ts";
import { PROJECT_COMMANDS } from "./table/project-commands.ts";
import { RUN_COMMANDS } from "./table/run-commands.ts";
import { SCHEDULE_COMMANDS } from "./table/schedule-commands.ts";
import { SECURITY_COMMANDS } from "./table/security-commands.ts";
import { SERVER_COMMANDS } from "./table/server-commands.ts";
import { SHELL_COMMANDS } from "./table/shell-commands.ts";
import { WORKER_COMMANDS } from "./table/worker-commands.ts";

/** Every command, in the order in which help shows them. */
export const COMMANDS: readonly CommandSpec[] = [
  ...PROJECT_COMMANDS,
  ...DEV_COMMANDS,
  ...RUN_COMMANDS,
  ...HISTORY_COMMANDS,
  ...SCHEDULE_COMMANDS,
  ...EVENT_COMMANDS,
  ...BACKFILL_COMMANDS,
  ...POOL_COMMANDS,
  ...ALERT_COMMANDS,
  ...SECURITY_COMMANDS,
  ...PEOPLE_COMMANDS,
  ...SERVER_COMMANDS,
  ...WORKER_COMMANDS,
  ...API_COMMANDS,
  ...DATABASE_COMMANDS,
  ...SHELL_COMMANDS,
];
