import { useNavigate, useParams } from "@tanstack/react-router";
import { type Action, actionsOf } from "../actions/registry.ts";
import { useApi } from "../api/use-api.ts";
import { useAskPause } from "../features/schedules/use-ask-pause.ts";
import type { IconName } from "../ui/icon.tsx";
import { LOOKS, runState } from "../ui/states.ts";
import { agoText } from "../ui/time-text.ts";
import { type Choice, launchChoices, managedChoices, managedFor, pauseChoices } from "./palette-entries.ts";
import { rank } from "./rank.ts";
import { type VisitedKind, visited } from "./visited.ts";

/** Of each kind. */
const MOST = 8;

/** What is found by what was typed. For nothing typed: what can be done here, and where one has been. */
export function useChoices(query: string): readonly Choice[] {
  const isAsked = query.trim() !== "";
  const { flows, launches, pauses } = useFlows(isAsked);
  const runs = useRuns();
  const tasks = useTasks();
  const others = [...useApprovals(), ...useManaged(isAsked)];
  const recent = useVisitedChoices();
  const here = actionsOf("page").map(choiceOf);
  const everywhere = actionsOf("everywhere").map(choiceOf);
  if (!isAsked) {
    return onceEach([here, recent, everywhere, flows, launches, runs].flatMap((all) => all.slice(0, MOST)));
  }
  const actions = onceEach([...here, ...everywhere, ...launches, ...pauses]);
  return [flows, tasks, actions, runs, others].flatMap((all) => rank(query, all).slice(0, MOST));
}

/** What the page itself offers, and where one has been, is not said for a second time. */
function onceEach(choices: readonly Choice[]): readonly Choice[] {
  const seen = new Set<string>();
  return choices.filter(({ title }) => !seen.has(title) && seen.add(title));
}

function choiceOf({ id, title, icon, keys, refused, run }: Action): Choice {
  return { id, kind: "Action", title, icon, keys, refused, choose: run };
}

const VISITED_ICONS: Readonly<Record<VisitedKind, IconName>> = {
  flow: "flows",
  run: "runs",
  task: "list",
  backfill: "grid",
  schedule: "calendar",
};

/** Where one has been, without where one is. */
function useVisitedChoices(): readonly Choice[] {
  const navigate = useNavigate();
  return visited()
    .filter(({ path }) => path !== location.pathname)
    .map(({ kind, title, path }) => ({
      id: `visited ${path}`,
      kind,
      title,
      note: `${kind.charAt(0).toUpperCase()}${kind.slice(1)}, seen lately`,
      icon: VISITED_ICONS[kind],
      choose: () => void navigate({ href: path }),
    }));
}

function useFlows(isAsked: boolean) {
  const navigate = useNavigate();
  const me = useApi("getMe").data;
  const all = useApi("listFlows").data?.items ?? [];
  const flows = all.map(
    ({ name }): Choice => ({
      id: `flow ${name}`,
      kind: "Flow",
      title: name,
      icon: "flows",
      choose: () => void navigate({ to: "/flows/$flow", params: { flow: name } }),
    }),
  );
  const launches = launchChoices(me, all, (launch) => {
    void navigate({ to: ".", search: (search) => ({ ...search, launch }) as never });
  });
  const ask = useAskPause();
  const triggers = useApi("listTriggers", {}, { enabled: isAsked }).data?.items;
  const pauses = triggers === undefined ? [] : pauseChoices(me, { flows: all, triggers }, ask);
  return { flows, launches, pauses };
}

function useRuns(): readonly Choice[] {
  const navigate = useNavigate();
  const runs = useApi("listRuns", { query: { limit: 50 } }).data?.items ?? [];
  const now = Date.now();
  return runs.map((run) => ({
    id: `run ${run.id}`,
    kind: "Run",
    title: `${run.flow} ${run.id.slice(-6)}`,
    note: `${LOOKS[runState(run)].text.toLowerCase()} · ${agoText(Date.parse(run.createdAt), now)}`,
    icon: LOOKS[runState(run)].icon,
    choose: () => void navigate({ to: "/runs/$run", params: { run: run.id } }),
  }));
}

/** The tasks of the run or the flow whose page this is. */
function useTasks(): readonly Choice[] {
  const navigate = useNavigate();
  const at = useParams({ strict: false });
  const ofRun = useApi("getRun", { params: { run: at.run ?? "" } }, { enabled: at.run !== undefined }).data;
  const flow = at.run === undefined ? at.flow : ofRun?.flow;
  const nodes = useApi("getFlow", { params: { flow: flow ?? "" } }, { enabled: flow !== undefined }).data?.nodes ?? [];
  const show = (task: string): void => {
    const run = ofRun?.id;
    if (run === undefined) {
      void navigate({ to: "/flows/$flow", params: { flow: flow ?? "" }, search: { tab: "graph", task } });
      return;
    }
    // One with many items is looked at in the graph.
    if (task.includes("[]")) void navigate({ to: "/runs/$run", params: { run }, search: { task } });
    else void navigate({ to: "/runs/$run/tasks/$task", params: { run, task } });
  };
  const of = ofRun === undefined ? `Task of ${flow}` : "Task of this run";
  return nodes
    .filter(({ kind }) => kind === "task")
    .map(({ id }) => ({ id: `task ${id}`, kind: "Task", title: id, note: of, icon: "list", choose: () => show(id) }));
}

/** What waits for somebody. */
function useApprovals(): readonly Choice[] {
  const navigate = useNavigate();
  // As many as the bar at the side counts: they are known already.
  const waiting = useApi("listApprovals", { query: { which: "waiting", limit: 99 } }).data?.items ?? [];
  return waiting.map(({ run, flow, task }) => ({
    id: `approval ${run} ${task}`,
    kind: "Approval",
    title: `Decide ${task} of ${flow}`,
    icon: "person",
    choose: () => void navigate({ to: "/runs/$run/tasks/$task", params: { run, task } }),
  }));
}

/** Pools and secrets, for those who may know of them, and once something is looked for. */
function useManaged(isAsked: boolean): readonly Choice[] {
  const navigate = useNavigate();
  const may = managedFor(useApi("getMe").data);
  const pools = useApi("listPools", {}, { enabled: isAsked && may.pools }).data?.items;
  const secrets = useApi("listSecrets", {}, { enabled: isAsked && may.secrets }).data?.items;
  return managedChoices({ pools, secrets }, (to) => void navigate({ to }));
}
