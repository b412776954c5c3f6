import type { RouteOutput } from "@millrace/contract";
import { matchesFlow } from "@millrace/core";
import { Link } from "@tanstack/react-router";
import type { Flow } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../ui/notices.tsx";
import { Fact, Panel } from "../../ui/panel.tsx";
import { durationText } from "../../ui/time-text.ts";
import { KINDS } from "../alerts/alert-text.ts";

type Policies = RouteOutput<"getFlowPolicies">;
type TaskPolicies = Policies["tasks"][number];

const OVERLAP = { queue: "waits", skip: "is skipped", cancel_running: "cancels the oldest" } as const;

/** By which rules the flow runs, and who is told of what. */
export function FlowPolicies({ flow }: { readonly flow: Flow }) {
  const answer = useApi("getFlowPolicies", { params: { flow: flow.name } });
  const found = answer.data?.flow;
  return (
    <Panel title="Policies">
      <Answered of={answer} rows={2}>
        {found === undefined ? null : (
          <dl className="grid grid-cols-2 gap-x-6 gap-y-3 p-3 md:grid-cols-4">
            <Fact name="Runs at once">
              {found.concurrency ?? "any number"}
              {found.concurrencyKeyed ? " for each key" : ""}
            </Fact>
            <Fact name="Timeout of a run">{limitText(found.timeoutMs)}</Fact>
            <Fact name="Deadline">{deadlineText(found.deadline)}</Fact>
            <Fact name="Priority">{found.priority}</Fact>
            <Fact name="Unfinished runs of schedules">at most {found.maxActiveRuns}</Fact>
            <Fact name="A tick beyond that">{OVERLAP[found.overlap]}</Fact>
            <Fact name="Depends on the run before">{found.dependsOnPast ? "yes" : "no"}</Fact>
            <Fact name="Pauses by itself">
              {found.pauseAfterFailures === null ? "never" : `after ${found.pauseAfterFailures} failed runs in a row`}
            </Fact>
            <Fact name="Hooks">{found.hooks.map((hook) => `on ${hook}`).join(", ") || "none"}</Fact>
            <Fact name="Connections">{flow.connections.join(", ") || "none"}</Fact>
            <Fact name="Secrets">{found.secrets.join(", ") || "none known"}</Fact>
            <Fact name="Alerts">
              <AlertNames flow={flow} />
            </Fact>
          </dl>
        )}
      </Answered>
    </Panel>
  );
}

/** The rules that tell of this flow. */
function AlertNames({ flow: { name, owner, tags } }: { readonly flow: Flow }) {
  const rules = useApi("listAlertRules").data?.items ?? [];
  const own = rules.filter(
    ({ flows, owners, tags: wanted }) =>
      flows.some((pattern) => matchesFlow(pattern, name)) &&
      (owners === null || (owner !== null && owners.includes(owner))) &&
      (wanted === null || wanted.some((tag) => tags.includes(tag))),
  );
  if (own.length === 0) return "nobody is told";
  return (
    <span title={own.map(({ name: rule, on }) => `${rule}: ${on.map((kind) => KINDS[kind]).join(", ")}`).join("\n")}>
      <Link to="/manage/alerts" className="text-accent hover:underline">
        {own.map(({ name: rule }) => rule).join(", ")}
      </Link>
    </span>
  );
}

/** What is said of a task beside what all have by default; nothing where nothing is. */
export function taskPolicyText(task: TaskPolicies): string {
  const { retries, retryMs, timeoutMs, totalTimeoutMs, pools, concurrency, rate, isCached, priority, workers } = task;
  const said = [
    retries === 0 ? "" : `${retries === 1 ? "1 retry" : `${retries} retries`} after ${roundText(retryMs)}`,
    timeoutMs === null ? "" : `timeout ${roundText(timeoutMs)}`,
    totalTimeoutMs === null ? "" : `${roundText(totalTimeoutMs)} in all`,
    ...pools.map(({ pool, slots }) => (slots === 1 ? `pool ${pool}` : `${slots} slots of ${pool}`)),
    concurrency === null ? "" : `${concurrency} at once`,
    rate === null ? "" : `${rate.limit} each ${roundText(rate.perMs)}`,
    isCached ? "cached" : "",
    priority === 0 ? "" : `priority ${priority}`,
    ...Object.entries(workers ?? {}).map(([label, value]) => `${label}=${value}`),
  ];
  return said.filter((each) => each !== "").join(", ");
}

/** Times that people have written are round: `10 min`, and not `10 min 00 s`. */
function roundText(ms: number): string {
  return durationText(ms)
    .replace(/ 0+ (?:h|min|s)$/, "")
    .replace(".0 s", " s");
}

function limitText(ms: number | null): string {
  return ms === null ? "none" : roundText(ms);
}

function deadlineText(deadline: Policies["flow"]["deadline"]): string {
  if (deadline === null) return "none";
  const { startMs, endMs } = deadline;
  const parts = [
    startMs === null ? "" : `begun within ${roundText(startMs)}`,
    endMs === null ? "" : `over within ${roundText(endMs)}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}
