import { routes } from "../route-spec.ts";

const OF_TASK = {
  method: "GET",
  permission: "run.read",
  scope: "run",
  tag: "runs",
  status: 200,
  answer: "json",
  errors: ["UNKNOWN_RUN", "UNKNOWN_TASK", "USAGE"],
} as const;

/** One task of a run. */
export const TASK_ROUTES = routes({
  getTask: {
    ...OF_TASK,
    path: "/api/v1/runs/{run}/task",
    summary: "A task of a run: its attempts, what it was given, what is around it, and where it is written.",
  },
  getTaskTiming: {
    ...OF_TASK,
    path: "/api/v1/runs/{run}/task/timing",
    summary: "How long a task took in a run, and in those of its flow before that.",
  },
});
