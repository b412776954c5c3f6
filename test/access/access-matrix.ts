// Each route of the API with each kind of caller: what they are told, and what they should be.
import { ROUTES, type RouteName, routeOf } from "@millrace/contract";
import { schemasOf } from "@millrace/contract/schemas";
import { type Grant, matchesFlow, parseGrant, permissionsOf } from "@millrace/core";
import { type Asked, bearer, type Said, type ServedProject } from "./served-project.ts";

/** What becomes of a request, as far as it is about who asks. `hidden`: as if what it names were not there. */
type Verdict = "passes" | "forbidden" | "unauthenticated" | "hidden";

interface Caller {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `nobody`: shows nothing. `refused`: shows what lets nobody in. `worker`: of no use here. */
  readonly kind: "nobody" | "refused" | "worker" | "person" | "attempt";
  readonly grants: readonly Grant[];
}

interface Mismatch {
  readonly route: RouteName;
  readonly caller: string;
  readonly wanted: Verdict;
  readonly told: string;
}

export interface Matrix {
  readonly routes: number;
  readonly callers: number;
  readonly requests: number;
  readonly mismatches: readonly Mismatch[];
}

const ROLES = ["viewer", "operator", "editor", "admin"] as const;
/** For everything, for the flows that the requests are about, and for others. */
const PATTERNS = ["*", "sales/*", "salar*"];
const ABOUT = { run: "sales/orders", backfill: "sales/days", flow: "sales/orders", body: "sales/days" };
const ASKED_BACKFILL = { flow: ABOUT.body, selection: { kind: "keys", keys: ["2026-01-01"] } };

/** Asks everything as everybody. */
export async function playMatrix(project: ServedProject): Promise<Matrix> {
  const places = await populate(project);
  const letGo = project.holdTasks();
  const attempts = await attemptCallers(project, places);
  const callers = [...(await makeCallers(project)), ...attempts];
  const names = Object.keys(ROUTES) as RouteName[];
  const mismatches: Mismatch[] = [];
  for (const route of names) {
    for (const caller of callers) {
      const said = await project.ask({ ...requestOf(route, places), headers: caller.headers });
      const [wanted, told] = [wantedOf(route, caller), verdictOf(route, said)];
      const isRight = wanted === told && said.status < 500;
      if (!isRight) mismatches.push({ route, caller: caller.name, wanted, told: `${said.status} ${said.detail}` });
    }
  }
  letGo();
  return { routes: names.length, callers: callers.length, requests: names.length * callers.length, mismatches };
}

type Places = Readonly<Record<string, string>>;

/** Something for each placeholder that a path may have. */
async function populate(project: ServedProject): Promise<Places> {
  const admin = bearer(await project.token("populate", { grants: [parseGrant("admin")] }));
  const post = async (path: string, body: unknown): Promise<Places> =>
    (await project.ask({ method: "POST", path, body, headers: admin })).body as Places;
  const { run = "" } = await post("/api/v1/flows/sales%2Forders/runs", {});
  await project.runtime.whenSettled(run as never);
  const { backfill = "" } = await post("/api/v1/backfills", ASKED_BACKFILL);
  const [attempt] = await project.runtime.store.history.listAttempts(run as never);
  const named = { flow: ABOUT.flow, trigger: "webhook", pool: "shop", kind: "api", day: "2026-01-01" };
  return { run, backfill, attempt: String(attempt?.id), ...named };
}

async function makeCallers(project: ServedProject): Promise<readonly Caller[]> {
  const admin = { grants: [parseGrant("admin")] };
  await project.people.users.add({ name: "gone", password: null, ...admin }, "test");
  const refused = {
    "a made-up token": `mr_${"x".repeat(43)}`,
    "a worker's token as that of the API": (await project.token("w0", { kind: "worker" })).replace("mrw_", "mr_"),
    "an expired token": await project.expiredToken("expired"),
    "a revoked token": await project.token("revoked", admin),
    "a disabled user's token": await project.token("disabled", { ...admin, user: "gone" }),
  };
  await project.tokens.revoke("api", "revoked");
  await project.people.users.add({ name: "stays", password: null, ...admin }, "test");
  await project.people.users.setDisabled("gone", true, "test");
  const callers: Caller[] = [
    { name: "nobody", headers: {}, kind: "nobody", grants: [] },
    ...Object.entries(refused).map(([name, token]) => {
      return { name, headers: bearer(token), kind: "refused", grants: [] } as const;
    }),
    { name: "a worker", headers: bearer(await project.token("w1", { kind: "worker" })), kind: "worker", grants: [] },
    { name: "a token without grants", headers: bearer(await project.token("idle")), kind: "person", grants: [] },
  ];
  for (const role of ROLES) {
    for (const flows of PATTERNS) {
      const grants = [{ role, flows }];
      const token = await project.token(`${role}-${callers.length}`, { grants });
      callers.push({ name: `${role} of ${flows}`, headers: bearer(token), kind: "person", grants });
    }
  }
  const origin = project.url;
  const ended = await project.user("leaver", "admin");
  await project.ask({ method: "POST", path: "/api/v1/logout", headers: { cookie: ended, origin } });
  callers.push({ name: "an ended session", headers: { cookie: ended, origin }, kind: "nobody", grants: [] });
  return callers;
}

/** Attempts read their own flow while they go on. */
async function attemptCallers(project: ServedProject, { run = "" }: Places): Promise<readonly Caller[]> {
  const admin = bearer(await project.token("starter", { grants: [parseGrant("admin")] }));
  const tokenOf = async (flow: string): Promise<string> => {
    const path = `/api/v1/flows/${encodeURIComponent(flow)}/runs`;
    const { body } = await project.ask({ method: "POST", path, body: {}, headers: admin });
    return await project.attemptToken(String(body["run"]));
  };
  const own = await tokenOf(ABOUT.run);
  const other = await tokenOf("salaries");
  const [[claim], [, mac]] = [own.split("."), other.split(".")];
  const caller = (name: string, token: string, flow: string | null): Caller => {
    const grants: readonly Grant[] = flow === null ? [] : [{ role: "viewer", flows: flow }];
    return { name, headers: bearer(token), kind: flow === null ? "refused" : "attempt", grants };
  };
  return [
    caller("an attempt of the flow", own, ABOUT.run),
    caller("an attempt of another flow", other, "salaries"),
    caller("an attempt that has ended", await project.attemptToken(run), null),
    caller("a forged attempt", `${claim}.${mac}`, null),
  ];
}

function requestOf(name: RouteName, places: Places): Asked {
  const { method, path, scope } = routeOf(name);
  const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(places[field] ?? "none"));
  const hasBody = schemasOf(name).body !== null;
  return { method, path: filled, ...(hasBody ? { body: scope === "body" ? ASKED_BACKFILL : {} } : {}) };
}

function wantedOf(name: RouteName, { kind, grants }: Caller): Verdict {
  const { permission, scope } = routeOf(name);
  if (kind === "refused") return "unauthenticated";
  if (permission === "anonymous") return "passes";
  if (kind === "nobody") return "unauthenticated";
  if (kind === "worker") return "forbidden";
  if (scope === "self") return kind === "attempt" ? "forbidden" : "passes";
  const patternsFor = (wanted: string): string[] =>
    grants.filter(({ role }) => permissionsOf(role).some((each) => each === wanted)).map(({ flows }) => flows);
  const patterns = patternsFor(permission);
  if (patterns.length === 0) return "forbidden";
  if (patterns.includes("*") || scope === "somewhere") return "passes";
  if (scope === "everything" || scope === "none") return "forbidden";
  const fits = (each: string): boolean => matchesFlow(each, ABOUT[scope]);
  const isHidden = (scope === "run" || scope === "backfill") && !patternsFor(`${scope}.read`).some(fits);
  if (isHidden) return "hidden";
  return patterns.some(fits) ? "passes" : "forbidden";
}

function verdictOf(name: RouteName, { status, code, detail }: Said): Verdict {
  // What a handler forbids beyond that is not about the permission.
  if (status === 403 && detail.startsWith("This takes the permission")) return "forbidden";
  // A wrong password is refused with the same status.
  if (status === 401 && name !== "logIn" && name !== "setUp") return "unauthenticated";
  if (status === 401 && detail.startsWith("The token lets nobody in")) return "unauthenticated";
  const { scope } = routeOf(name);
  if (scope === "run" && code === "UNKNOWN_RUN") return "hidden";
  if (scope === "backfill" && code === "UNKNOWN_BACKFILL") return "hidden";
  return "passes";
}
