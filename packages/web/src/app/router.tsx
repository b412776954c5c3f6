import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { readOf } from "../api/use-api.ts";
import { FLOW_SORTS, FLOW_STATES, type FlowsSearch } from "../features/flows/flow-rows.ts";
import type { GraphAddress } from "../features/graph/graph-address.ts";
import { type GridSearch, gridIn } from "../features/grid/grid-search.ts";
import { gridInput } from "../features/grid/read-grid.ts";
import { HomePage } from "../features/home/home-page.tsx";
import type { LogSearch } from "../features/log/log-search-params.ts";
import { loaded } from "./loaded.ts";
import { NotFound, PageFailed } from "./page-states.tsx";
import { dayIn, monthIn, oneOf, textIn, textsIn, wholeIn } from "./search.ts";
import { Shell } from "./shell.tsx";
import { whenIdle } from "./when-idle.ts";

/** What every page may have in its address: what runs or pauses a flow stands over any of them. */
interface CommonSearch {
  readonly launch?: string | undefined;
  /** The flow that is to be paused or resumed, and which of its schedules and triggers, if not all. */
  readonly pause?: string | undefined;
  readonly pauseOnly?: string | undefined;
  /** The run whose parameters the launch dialog begins with. */
  readonly like?: string | undefined;
}

const root = createRootRouteWithContext<{ readonly queries: QueryClient }>()({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: PageFailed,
  validateSearch: (search: Record<string, unknown>): CommonSearch => ({
    launch: textIn(search, "launch"),
    pause: textIn(search, "pause"),
    pauseOnly: textIn(search, "pauseOnly"),
    like: textIn(search, "like"),
  }),
});

/** What the address of each page may say. */
const FLOW_TABS = ["runs", "calendar", "graph", "code", "schedules", "backfills", "details"] as const;

interface FlowSearch extends GraphAddress, GridSearch, CodeAddress, CalendarAddress {
  readonly tab?: (typeof FLOW_TABS)[number] | undefined;
  readonly state?: string[] | undefined;
}

/** What of a flow's code is shown. */
interface CodeAddress {
  readonly version?: string | undefined;
  /** The version that it is compared with. */
  readonly against?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

function codeIn(search: Record<string, unknown>): CodeAddress {
  return {
    version: textIn(search, "version"),
    against: textIn(search, "against"),
    file: textIn(search, "file"),
    line: wholeIn(search, "line"),
  };
}

/** What of a flow's calendar is shown: a day, a range of them, and the last month. */
interface CalendarAddress {
  readonly day?: string | undefined;
  readonly until?: string | undefined;
  readonly to?: string | undefined;
}

function calendarIn(search: Record<string, unknown>): CalendarAddress {
  return { day: dayIn(search, "day"), until: dayIn(search, "until"), to: monthIn(search, "to") };
}

/** Of what, where it is not of all flows. */
interface OfFlowSearch {
  readonly flow?: string | undefined;
}

/** What is asked for already, where somebody comes from a calendar: keys, or days. */
interface NewBackfillSearch extends OfFlowSearch {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

interface RunsSearch {
  readonly state?: string[] | undefined;
  readonly flow?: string | undefined;
}

interface RunSearch extends GraphAddress {
  readonly tab?: "graph" | "timeline" | "tasks" | "events" | "details" | undefined;
  /** Of the items of a mapped task, those in this state. */
  readonly items?: string | undefined;
  /** Of the timeline. */
  readonly order?: "slowest" | undefined;
  /** The mapped tasks of the timeline whose items are shown. */
  readonly unfold?: string[] | undefined;
  readonly state?: string[] | undefined;
}

interface TaskRunSearch extends LogSearch {
  readonly tab?: "data" | "attempts" | undefined;
  readonly attempt?: number | undefined;
}

/** The record is read by one actor or by one target, of one action, and in a stretch of time. */
interface AuditSearch {
  readonly actor?: string | undefined;
  readonly target?: string | undefined;
  readonly action?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** From when on a schedule is tried, as if in which zone, and for how many ticks. */
interface ForecastSearch {
  readonly from?: string | undefined;
  readonly zone?: string | undefined;
  readonly count?: number | undefined;
}

interface AlertsSearch {
  readonly state?: "waiting" | "sent" | "failed" | undefined;
}

/** What is selected in a graph, what of it is shown, and what is open. */
function graphIn(search: Record<string, unknown>): GraphAddress {
  return {
    task: textIn(search, "task"),
    open: textsIn(search, "open"),
    root: textIn(search, "root"),
    around: oneOf(search, "around", ["up", "down", "both"]),
    depth: wholeIn(search, "depth"),
    path: oneOf(search, "path", ["critical"]),
  };
}

const home = createRoute({ getParentRoute: () => root, path: "/", component: HomePage });

const flows = createRoute({
  getParentRoute: () => root,
  path: "/flows",
  validateSearch: (search: Record<string, unknown>): FlowsSearch => ({
    q: textIn(search, "q"),
    tag: textIn(search, "tag"),
    show: oneOf(search, "show", FLOW_STATES),
    sort: oneOf(search, "sort", FLOW_SORTS),
    turned: search["turned"] === true ? true : undefined,
  }),
  loader: ({ context: { queries } }) => {
    for (const name of ["listFlows", "listTriggers", "listFlowRuns"] as const) void queries.prefetchQuery(readOf(name));
  },
  component: lazyRouteComponent(
    loaded(() => import("../features/flows/flows-page.tsx")),
    "FlowsPage",
  ),
});

const flow = createRoute({
  getParentRoute: () => root,
  path: "/flows/$flow",
  validateSearch: (search: Record<string, unknown>): FlowSearch => ({
    tab: oneOf(search, "tab", FLOW_TABS),
    state: textsIn(search, "state"),
    ...gridIn(search),
    ...graphIn(search),
    ...codeIn(search),
    ...calendarIn(search),
  }),
  loaderDeps: ({ search: { tab } }) => ({ withGrid: tab === undefined || tab === "runs" }),
  // Asked for while the page itself is on its way, and not waited for.
  loader: ({ context: { queries }, params: { flow }, deps: { withGrid } }) => {
    if (withGrid) void queries.prefetchQuery(readOf("getFlowGrid", gridInput(flow)));
    void queries.prefetchQuery(readOf("getFlow", { params: { flow } }));
  },
  component: lazyRouteComponent(
    loaded(() => import("../features/flow/flow-page.tsx")),
    "FlowPage",
  ),
});

const runs = createRoute({
  getParentRoute: () => root,
  path: "/runs",
  validateSearch: (search: Record<string, unknown>): RunsSearch => ({
    state: textsIn(search, "state"),
    flow: textIn(search, "flow"),
  }),
  component: lazyRouteComponent(
    loaded(() => import("../features/runs/runs-page.tsx")),
    "RunsPage",
  ),
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/runs/$run",
  validateSearch: (search: Record<string, unknown>): RunSearch => ({
    tab: oneOf(search, "tab", ["graph", "timeline", "tasks", "events", "details"]),
    state: textsIn(search, "state"),
    items: textIn(search, "items"),
    order: oneOf(search, "order", ["slowest"]),
    unfold: textsIn(search, "unfold"),
    ...graphIn(search),
  }),
  component: lazyRouteComponent(
    loaded(() => import("../features/run/run-page.tsx")),
    "RunPage",
  ),
});

const taskRun = createRoute({
  getParentRoute: () => root,
  path: "/runs/$run/tasks/$task",
  validateSearch: (search: Record<string, unknown>): TaskRunSearch => ({
    tab: oneOf(search, "tab", ["data", "attempts"]),
    attempt: wholeIn(search, "attempt"),
    line: typeof search["line"] === "number" ? search["line"] : textIn(search, "line"),
    q: textIn(search, "q"),
    level: oneOf(search, "level", ["info", "warn", "error"]),
    wrap: search["wrap"] === true ? true : undefined,
    times: oneOf(search, "times", ["start"]),
  }),
  component: lazyRouteComponent(
    loaded(() => import("../features/task-run/task-run-page.tsx")),
    "TaskRunPage",
  ),
});

const ofFlow = (search: Record<string, unknown>): OfFlowSearch => ({ flow: textIn(search, "flow") });

const backfills = createRoute({
  getParentRoute: () => root,
  path: "/backfills",
  validateSearch: ofFlow,
  component: lazyRouteComponent(
    loaded(() => import("../features/backfills/backfills-page.tsx")),
    "BackfillsPage",
  ),
});

const newBackfill = createRoute({
  getParentRoute: () => root,
  path: "/backfills/new",
  validateSearch: (search: Record<string, unknown>): NewBackfillSearch => ({
    flow: textIn(search, "flow"),
    from: textIn(search, "from"),
    to: textIn(search, "to"),
  }),
  component: lazyRouteComponent(
    loaded(() => import("../features/backfills/new-backfill-page.tsx")),
    "NewBackfillPage",
  ),
});

const backfill = createRoute({
  getParentRoute: () => root,
  path: "/backfills/$backfill",
  component: lazyRouteComponent(
    loaded(() => import("../features/backfills/backfill-page.tsx")),
    "BackfillPage",
  ),
});

const schedules = createRoute({
  getParentRoute: () => root,
  path: "/schedules",
  validateSearch: (search: Record<string, unknown>): { readonly q?: string | undefined } => ({
    q: textIn(search, "q"),
  }),
  component: lazyRouteComponent(
    loaded(() => import("../features/schedules/schedules-page.tsx")),
    "SchedulesPage",
  ),
});

const trigger = createRoute({
  getParentRoute: () => root,
  path: "/schedules/$flow/$trigger",
  validateSearch: (search: Record<string, unknown>): ForecastSearch => ({
    from: textIn(search, "from"),
    zone: textIn(search, "zone"),
    count: wholeIn(search, "count"),
  }),
  component: lazyRouteComponent(
    loaded(() => import("../features/schedules/trigger-page.tsx")),
    "TriggerPage",
  ),
});

const approvals = createRoute({
  getParentRoute: () => root,
  path: "/approvals",
  validateSearch: (search: Record<string, unknown>): { readonly tab?: "waiting" | "decided" | undefined } => ({
    tab: oneOf(search, "tab", ["waiting", "decided"]),
  }),
  component: lazyRouteComponent(
    loaded(() => import("../features/approvals/approvals-page.tsx")),
    "ApprovalsPage",
  ),
});

// What is about the project itself stands behind one entry at the side.
const manage = createRoute({
  getParentRoute: () => root,
  path: "/manage",
  beforeLoad: () => {
    throw redirect({ to: "/manage/pools", replace: true });
  },
});

const pools = createRoute({
  getParentRoute: () => root,
  path: "/manage/pools",
  component: lazyRouteComponent(
    loaded(() => import("../features/pools/pools-page.tsx")),
    "PoolsPage",
  ),
});

const vault = createRoute({
  getParentRoute: () => root,
  path: "/manage/vault",
  component: lazyRouteComponent(
    loaded(() => import("../features/vault/vault-page.tsx")),
    "VaultPage",
  ),
});

const people = createRoute({
  getParentRoute: () => root,
  path: "/manage/people",
  component: lazyRouteComponent(
    loaded(() => import("../features/access/people-page.tsx")),
    "PeoplePage",
  ),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: "/manage/audit",
  validateSearch: (search: Record<string, unknown>): AuditSearch => ({
    actor: textIn(search, "actor"),
    target: textIn(search, "actor") === undefined ? textIn(search, "target") : undefined,
    action: textIn(search, "action"),
    from: textIn(search, "from"),
    to: textIn(search, "to"),
  }),
  component: lazyRouteComponent(
    loaded(() => import("../features/audit/audit-page.tsx")),
    "AuditPage",
  ),
});

const alerts = createRoute({
  getParentRoute: () => root,
  path: "/manage/alerts",
  validateSearch: (search: Record<string, unknown>): AlertsSearch => ({
    state: oneOf(search, "state", ["waiting", "sent", "failed"]),
  }),
  component: lazyRouteComponent(
    loaded(() => import("../features/alerts/alerts-page.tsx")),
    "AlertsPage",
  ),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(
    loaded(() => import("../features/settings/settings-page.tsx")),
    "SettingsPage",
  ),
});

const managed = [manage, pools, vault, people, audit, alerts] as const;

const routeTree = root.addChildren([
  home,
  flows,
  flow,
  runs,
  run,
  taskRun,
  backfills,
  newBackfill,
  backfill,
  schedules,
  trigger,
  approvals,
  settings,
  ...managed,
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: "intent",
    // What is read is kept by the query client, which knows when it is old.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    scrollToTopSelectors: ["main"],
  });
}

/**
 * Fetches the files of the pages that one goes to most, once the first page is there and nothing else is to be done: a press
 * then waits for nothing but what it shows.
 */
export async function warmPages(router: ReturnType<typeof makeRouter>): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = router.subscribe("onResolved", () => {
      stop();
      resolve();
    });
  });
  await whenIdle();
  for (const { id } of [flow, run, taskRun]) await router.loadRouteChunk(router.routesById[id]);
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
