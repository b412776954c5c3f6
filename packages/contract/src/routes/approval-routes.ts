import { routes } from "../route-spec.ts";

/** What people are asked. A decision is made by the run's own route. */
export const APPROVAL_ROUTES = routes({
  listApprovals: {
    method: "GET",
    path: "/api/v1/approvals",
    permission: "run.read",
    scope: "somewhere",
    tag: "runs",
    summary: "What waits for a person over all runs, or what was decided. The newest run first.",
    status: 200,
    answer: "json",
    errors: [],
  },
});
