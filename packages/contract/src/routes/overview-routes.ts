import { routes } from "../route-spec.ts";

/** How a project does, over all of its flows. */
export const OVERVIEW_ROUTES = routes({
  countRuns: {
    method: "GET",
    path: "/api/v1/run-counts",
    permission: "run.read",
    scope: "somewhere",
    tag: "runs",
    summary: "How many runs were made lately and what became of them: in all, and by flow and stretch of time.",
    status: 200,
    answer: "json",
    errors: [],
  },
  listProgress: {
    method: "GET",
    path: "/api/v1/progress",
    permission: "run.read",
    scope: "somewhere",
    tag: "runs",
    summary: "How far the newest runs are that go on.",
    status: 200,
    answer: "json",
    errors: [],
  },
});
