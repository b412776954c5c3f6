import { expect, test } from "vitest";
import type { RunEvent } from "../../src/api/shapes.ts";
import { isOld, type Kind, type News, NONE, newsOf } from "../../src/live/news.ts";
import { eventOf, madeOf, runOf } from "./told.ts";

const KINDS: readonly Kind[] = ["short", "long", "wide"];

/** At which paces an answer is asked for again. */
function pacesOf(news: News, name: string, asked: object = {}): readonly Kind[] {
  return KINDS.filter((kind) => isOld({ queryKey: [name, asked] }, news, kind));
}

const told = (...events: readonly RunEvent[]): News => newsOf(events, new Set());
const made = madeOf(1, runOf(1));
const untold = eventOf(1, "run.queued");
const begun = eventOf(2, "run.started");
const ended = (state: string): RunEvent => eventOf(3, "run.finished", { data: { state } });
const states = (...state: readonly string[]): object => ({ query: { state } });

test("without events nothing is old", () => {
  expect(NONE.isEmpty).toBe(true);
  for (const name of ["listRuns", "listFlowRuns", "getFlowGrid", "listPools", "listApprovals", "getRun"]) {
    expect(pacesOf(NONE, name, { params: { run: "R1", flow: "orders" } })).toEqual([]);
  }
});

test("a list of runs that events are written into waits for the rest; one that they do not tell enough of does not", () => {
  expect(pacesOf(told(made, begun, ended("success")), "listRuns")).toEqual(["long"]);
  expect(pacesOf(told(made), "listRuns", states("running", "queued"))).toEqual(["long"]);
  expect(pacesOf(told(untold), "listRuns")).toEqual(["short", "long"]);
  expect(pacesOf(told(untold), "listRuns", states("queued"))).toEqual(["short", "long"]);
  // What happens to a run between its start and its end is in no list.
  expect(pacesOf(told(eventOf(2, "task.started", { node: 0 })), "listRuns")).toEqual([]);
});

test("a list of some states is asked for when a run comes into one of them or leaves it, and else not", () => {
  expect(pacesOf(told(made, begun, ended("success")), "listRuns", states("failed"))).toEqual([]);
  expect(pacesOf(told(ended("failed")), "listRuns", { query: { state: "failed" } })).toEqual(["short"]);
  expect(pacesOf(told(begun), "listRuns", states("running"))).toEqual(["short"]);
  expect(pacesOf(told(ended("success")), "listRuns", states("running"))).toEqual(["short"]);
  expect(pacesOf(told(ended("cancelled")), "listRuns", states("queued"))).toEqual(["long"]);
  expect(pacesOf(told(made), "listRuns", states("running"))).toEqual([]);
});

test("what comes later hides nothing of what came before", () => {
  const both = told(untold).and(told(madeOf(2, runOf(2, { flow: "stock" })), ended("failed")));
  expect(pacesOf(both, "listRuns")).toEqual(["short", "long"]);
  expect(pacesOf(both, "listRuns", { query: { flow: "stock" } })).toEqual(["short", "long"]);
  expect(pacesOf(both, "listRuns", states("failed"))).toEqual(["short"]);
  expect(pacesOf(NONE.and(both), "getRun", { params: { run: "R2" } })).toEqual(["short"]);
});

test("only answers about the flow are old, and all where its name is forgotten", () => {
  const stock = { query: { flow: "stock" } };
  const ofStock = { params: { flow: "stock" } };
  expect(pacesOf(told(made), "listRuns", stock)).toEqual([]);
  expect(pacesOf(told(made), "getFlowCalendar", ofStock)).toEqual([]);
  expect(pacesOf(told(made), "listTicks", {})).toEqual(["long"]);
  const forgotten = told(eventOf(3, "run.finished", { flow: null, data: { state: "failed" } }));
  expect(pacesOf(forgotten, "listRuns", stock)).toEqual(["long"]);
  expect(pacesOf(forgotten, "getFlowCalendar", ofStock)).toEqual(["long"]);
  expect(pacesOf(forgotten, "getFlowGrid", ofStock)).toEqual(["long"]);
  // A grid shows tasks, too; pools have slots that these hold; what is added up of all flows can wait.
  const task = told(eventOf(2, "task.started", { node: 0 }));
  expect(pacesOf(task, "getFlowGrid", { params: { flow: "orders" } })).toEqual(["long"]);
  expect(pacesOf(task, "getFlowGrid", ofStock)).toEqual([]);
  expect(pacesOf(task, "listPools")).toEqual(["long"]);
  expect(pacesOf(told(made), "listFlowRuns")).toEqual(["wide"]);
  expect(pacesOf(told(made), "listSecrets")).toEqual([]);
});

test("of a run, its own answers are old, whatever happened in it", () => {
  const task = told(eventOf(2, "task.finished", { node: 0, data: { state: "success" } }));
  expect(pacesOf(task, "getRun", { params: { run: "R1" } })).toEqual(["short"]);
  expect(pacesOf(task, "listTaskRuns", { params: { run: "R1" } })).toEqual(["long"]);
  expect(pacesOf(task, "listTaskRuns", { params: { run: "R2" } })).toEqual([]);
  expect(pacesOf(task, "getRun")).toEqual([]);
});

test("decisions are asked for when somebody is asked, and when an ask may be over", () => {
  const asks = eventOf(2, "task.deferred", { data: { approval: "Ship it?" } });
  expect(pacesOf(told(asks), "listApprovals")).toEqual(["short"]);
  expect(pacesOf(told(eventOf(2, "task.deferred", { data: { resumeAtMs: 1 } })), "listApprovals")).toEqual([]);
  const resumed = eventOf(3, "task.resumed");
  expect(pacesOf(newsOf([resumed], new Set(["R2"])), "listApprovals")).toEqual([]);
  expect(pacesOf(newsOf([resumed], new Set(["R1"])), "listApprovals")).toEqual(["short"]);
  expect(pacesOf(newsOf([ended("failed")], new Set(["R1"])).and(told(made)), "listApprovals")).toEqual(["short"]);
});
