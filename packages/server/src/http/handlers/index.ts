import type { Handlers, JsonRoute } from "../call.ts";
import { BACKFILL_READING } from "./backfill-reading.ts";
import { BACKFILL_WRITING } from "./backfill-writing.ts";
import { FLOW_READING } from "./flow-reading.ts";
import { PROJECT_READING } from "./project-reading.ts";
import { PROJECT_WRITING } from "./project-writing.ts";
import { RUN_READING } from "./run-reading.ts";
import { RUN_WRITING } from "./run-writing.ts";
import { TRIGGER_READING } from "./trigger-reading.ts";
import { TRIGGER_WRITING } from "./trigger-writing.ts";

/** A handler for each route that answers with a document: one that has none does not compile. */
export const JSON_HANDLERS: Handlers<JsonRoute> = {
  ...PROJECT_READING,
  ...PROJECT_WRITING,
  ...FLOW_READING,
  ...TRIGGER_READING,
  ...TRIGGER_WRITING,
  ...RUN_READING,
  ...RUN_WRITING,
  ...BACKFILL_READING,
  ...BACKFILL_WRITING,
};
