import { routes } from "../route-spec.ts";

/** Many runs at a glance. */
export const GRID_ROUTES = routes({
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
