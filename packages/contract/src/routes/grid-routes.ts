import { routes } from "../route-spec.ts";

/** Many runs at a glance. */
export const GRID_ROUTES = routes({
  listFlowRuns: {
    method: "GET",
    path: "/api/v1/flow-runs",
    permission: "run.read",
    scope: "somewhere",
    tag: "flows",
    summary: "For each flow that has runs: the newest of them, how many succeed, and how long they usually take.",
    status: 200,
    answer: "json",
    errors: [],
  },
  getFlowGrid: {
    method: "GET",
    path: "/api/v1/flows/{flow}/grid",
    permission: "run.read",
    scope: "flow",
    tag: "flows",
    summary: "The newest runs of a flow with the state of each task in them, as one letter for each.",
    status: 200,
    answer: "json",
    errors: ["UNKNOWN_FLOW"],
  },
});
