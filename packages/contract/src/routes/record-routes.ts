import { routes } from "../route-spec.ts";

const READ = { method: "GET", status: 200, answer: "json" } as const;
const OF_VERSION = {
  ...READ,
  permission: "version.read",
  scope: "everything",
  tag: "versions",
  errors: ["UNKNOWN_VERSION"],
} as const;

/** What is kept of what was done: the audit, versions, outputs; and figures for machines. */
export const RECORD_ROUTES = routes({
  listAudit: {
    ...READ,
    path: "/api/v1/audit",
    permission: "audit.read",
    scope: "everything",
    tag: "audit",
    summary:
      "Who changed what, the newest first: of one actor or to one target, of one kind, in a stretch of time. A page may be short, or empty, while others follow.",
    errors: ["USAGE"],
  },
  verifyAudit: {
    ...READ,
    path: "/api/v1/audit/verify",
    permission: "audit.read",
    scope: "everything",
    tag: "audit",
    summary: "Reads the whole record and tells what was done to it since it was written.",
    errors: ["USAGE"],
  },
  getVersion: { ...OF_VERSION, path: "/api/v1/versions/{version}", summary: "A version: its flows and its files." },
  getVersionFile: {
    ...OF_VERSION,
    path: "/api/v1/versions/{version}/file",
    summary: "One file of a version as text, by its path in the list of its files.",
  },
  compareVersions: {
    ...OF_VERSION,
    path: "/api/v1/versions/{version}/changes",
    summary: "What is different in a version from another one: flows and files.",
  },
  getOutput: {
    ...READ,
    path: "/api/v1/runs/{run}/output",
    permission: "run.read",
    scope: "run",
    tag: "runs",
    summary: "What a task run gave, or the run itself. Large values are left out.",
    errors: ["UNKNOWN_RUN", "USAGE"],
  },
  getMetrics: {
    method: "GET",
    path: "/api/v1/metrics",
    permission: "metrics.read",
    scope: "everything",
    tag: "project",
    summary: "Figures of the project and of this process, in Prometheus's text format.",
    status: 200,
    answer: "text",
    errors: [],
  },
});
