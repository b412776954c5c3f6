import type { RouteSpec } from "../route-spec.ts";
import { ACCOUNT_ROUTES } from "./account-routes.ts";
import { ALERT_ROUTES } from "./alert-routes.ts";
import { APPROVAL_ROUTES } from "./approval-routes.ts";
import { BACKFILL_ROUTES } from "./backfill-routes.ts";
import { CODE_ROUTES } from "./code-routes.ts";
import { FLOW_ROUTES } from "./flow-routes.ts";
import { FORECAST_ROUTES } from "./forecast-routes.ts";
import { GRID_ROUTES } from "./grid-routes.ts";
import { OVERVIEW_ROUTES } from "./overview-routes.ts";
import { PROJECT_ROUTES } from "./project-routes.ts";
import { RECORD_ROUTES } from "./record-routes.ts";
import { RUN_ROUTES } from "./run-routes.ts";
import { TASK_ROUTES } from "./task-routes.ts";
import { VAULT_ROUTES } from "./vault-routes.ts";

/** All routes by their name, in the order of the reference. */
export const ROUTES = {
  ...PROJECT_ROUTES,
  ...FLOW_ROUTES,
  ...FORECAST_ROUTES,
  ...CODE_ROUTES,
  ...GRID_ROUTES,
  ...OVERVIEW_ROUTES,
  ...RUN_ROUTES,
  ...TASK_ROUTES,
  ...APPROVAL_ROUTES,
  ...BACKFILL_ROUTES,
  ...ACCOUNT_ROUTES,
  ...VAULT_ROUTES,
  ...RECORD_ROUTES,
  ...ALERT_ROUTES,
};

export type RouteName = keyof typeof ROUTES;

/** A route's data as what all routes have in common. */
export function routeOf(name: RouteName): RouteSpec {
  return ROUTES[name];
}
