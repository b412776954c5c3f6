import { routes } from "../route-spec.ts";

const CHANGE = {
  method: "POST",
  permission: "backfill.write",
  scope: "backfill",
  tag: "backfills",
  status: 200,
  answer: "json",
  errors: ["UNKNOWN_BACKFILL", "BACKFILL_FINISHED", "INVALID_BACKFILL", "KEY_REUSED"],
} as const;

const REFUSED = [
  "UNKNOWN_FLOW",
  "UNKNOWN_VERSION",
  "UNKNOWN_PARTITION",
  "INVALID_BACKFILL",
  "BACKFILL_TOO_LARGE",
  "INVALID_PARAMS",
] as const;

/** Running the past again, or for the first time. */
export const BACKFILL_ROUTES = routes({
  listBackfills: {
    method: "GET",
    path: "/api/v1/backfills",
    permission: "backfill.read",
    scope: "somewhere",
    tag: "backfills",
    summary: "Backfills, the newest first.",
    status: 200,
    answer: "json",
    errors: [],
  },
  getBackfill: {
    method: "GET",
    path: "/api/v1/backfills/{backfill}",
    permission: "backfill.read",
    scope: "backfill",
    tag: "backfills",
    summary: "A backfill with its counts.",
    status: 200,
    answer: "json",
    errors: ["UNKNOWN_BACKFILL"],
  },
  listBackfillRuns: {
    method: "GET",
    path: "/api/v1/backfills/{backfill}/runs",
    permission: "backfill.read",
    scope: "backfill",
    tag: "backfills",
    summary: "What each run of a backfill covers, and its state; reruns too.",
    status: 200,
    answer: "json",
    errors: ["UNKNOWN_BACKFILL"],
  },
  planBackfill: {
    method: "POST",
    path: "/api/v1/backfills/plan",
    permission: "backfill.read",
    scope: "body",
    tag: "backfills",
    summary: "What a backfill would run and leave out. Changes nothing.",
    status: 200,
    answer: "json",
    errors: [...REFUSED],
  },
  createBackfill: {
    method: "POST",
    path: "/api/v1/backfills",
    permission: "backfill.write",
    scope: "body",
    tag: "backfills",
    summary: "Begins a backfill.",
    status: 201,
    answer: "json",
    errors: [...REFUSED, "BACKFILL_ACTIVE", "KEY_REUSED"],
  },
  pauseBackfill: { ...CHANGE, path: "/api/v1/backfills/{backfill}/pause", summary: "Makes no more runs for now." },
  resumeBackfill: { ...CHANGE, path: "/api/v1/backfills/{backfill}/resume", summary: "Goes on with a paused one." },
  cancelBackfill: {
    ...CHANGE,
    path: "/api/v1/backfills/{backfill}/cancel",
    summary: "Makes no more runs and cancels those under way.",
  },
  retryBackfill: { ...CHANGE, path: "/api/v1/backfills/{backfill}/retry", summary: "Repeats what failed in it." },
});
