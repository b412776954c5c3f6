import type { RouteOutput } from "@millrace/contract";
import { expect, test } from "vitest";
import { patchRuns } from "../../src/live/patch-runs.ts";
import { at, eventOf, madeOf, runOf } from "./told.ts";

type Page = RouteOutput<"listRuns">;

const SEQ = 10;

/** The runs of some seconds, the newest first. */
function pageOf(seconds: readonly number[], more: Partial<Page> = {}): Page {
  return { items: seconds.map((second) => runOf(second)), next: null, seq: SEQ, ...more };
}

const ids = ({ items }: Page): readonly string[] => items.map(({ id }) => id);

test("a run that is made stands first, and pushes the last one of a full page onto the next", () => {
  const page = pageOf([3, 2, 1]);
  const [eleven, twelve] = [madeOf(11, runOf(11)), madeOf(12, runOf(12))];
  const more = patchRuns(page, {}, [eleven, twelve]);
  expect([ids(more), more.next, more.seq]).toEqual([["R12", "R11", "R3", "R2", "R1"], null, 12]);
  const full = patchRuns(page, { query: { limit: 3 } }, [eleven]);
  expect([ids(full), full.next]).toEqual([["R11", "R3", "R2"], "R2"]);
  const next = patchRuns({ ...full, next: "R2" }, { query: { limit: 3 } }, [twelve]);
  expect([ids(next), next.next]).toEqual([["R12", "R11", "R3"], "R3"]);
});

test("a short page of somebody who may not read all goes on where it did", () => {
  const next = patchRuns(pageOf([3, 2], { next: "R-unread" }), { query: { limit: 50 } }, [madeOf(11, runOf(11))]);
  expect([ids(next), next.next]).toEqual([["R11", "R3", "R2"], "R-unread"]);
});

test("what the answer knows already, and what is told twice, changes nothing", () => {
  const page = pageOf([3, 2, 1]);
  expect(patchRuns(page, {}, [madeOf(9, runOf(9)), eventOf(10, "run.started", { run: "R3" })])).toBe(page);
  const made = [madeOf(11, runOf(11)), eventOf(12, "run.started", { run: "R11" })];
  const once = patchRuns(page, {}, made);
  expect(patchRuns(once, {}, made)).toBe(once);
  // The answer was made when some of it had become durable: its rows are newer than what it says that it knows.
  const ended = { ...page, items: [runOf(11, { state: "success", startedAt: at(12), endedAt: at(13) })] };
  expect(patchRuns(ended, {}, made)).toBe(ended);
  // What came since has pushed a run out of the page; it is not put on top of what is newer.
  const past = pageOf([15, 14], { next: "R14" });
  expect(patchRuns(past, { query: { limit: 2 } }, made)).toBe(past);
});

test("runs come in their order, also two of the same moment", () => {
  const same = runOf(11, { id: "R11b" });
  const late = runOf(2);
  const next = patchRuns(pageOf([3, 1]), {}, [madeOf(11, runOf(11)), madeOf(12, same), madeOf(13, late)]);
  expect(ids(next)).toEqual(["R11b", "R11", "R3", "R2", "R1"]);
  expect(ids(patchRuns(pageOf([3]), {}, [madeOf(13, late)]))).toEqual(["R3", "R2"]);
});

test("a run becomes what is told of it, and its neighbours stay the objects that they were", () => {
  const page = pageOf([3, 2, 1]);
  const next = patchRuns(page, {}, [
    eventOf(11, "run.started", { run: "R2" }),
    eventOf(12, "run.cancelling", { run: "R2" }),
    eventOf(13, "run.finished", { run: "R2", data: { state: "cancelled" } }),
    eventOf(14, "run.started", { run: "R2" }),
    eventOf(15, "task.started", { run: "R3" }),
  ]);
  const became = { state: "cancelled", cancelRequested: true, startedAt: at(11), endedAt: at(13) };
  expect(next.items[1]).toEqual(runOf(2, became as object));
  expect([next.items[0], next.items[2]]).toEqual([page.items[0], page.items[2]]);
  expect(next.items[0]).toBe(page.items[0]);
});

test("only what was asked for comes in, and what is no more of that goes", () => {
  const made = [madeOf(11, runOf(11)), madeOf(12, runOf(12, { flow: "stock" }))];
  const page = pageOf([3, 2], { next: "R2" });
  expect(ids(patchRuns(page, { query: { flow: "stock" } }, made))).toEqual(["R12", "R3", "R2"]);
  const failed = { query: { state: "failed" } } as const;
  const open = { query: { state: ["running", "queued"] as ("running" | "queued")[], limit: 3 } };
  const ended = eventOf(13, "run.finished", { run: "R3", data: { state: "success" } });
  const left = patchRuns(page, open, [...made, ended]);
  expect([ids(left), left.next]).toEqual([["R12", "R11", "R2"], "R2"]);
  // It was made and began at once: a list of what runs has it, one of what failed has not.
  const begun = [...made, eventOf(13, "run.started", { run: "R11" })];
  const none = pageOf([]);
  expect(ids(patchRuns(none, { query: { state: "running" } }, begun))).toEqual(["R11"]);
  expect(patchRuns(none, failed, begun)).toBe(none);
  // Of a run that is not known nothing can be shown.
  expect(patchRuns(none, {}, [eventOf(11, "run.queued"), eventOf(12, "run.started")])).toBe(none);
});

test("nothing new comes into an older page, and what becomes of its runs does", () => {
  const page = pageOf([3, 2], { next: "R2" });
  const older = { query: { cursor: "R4", limit: 2 } };
  expect(patchRuns(page, older, [madeOf(11, runOf(11))])).toBe(page);
  expect(patchRuns(page, older, [eventOf(11, "run.started", { run: "R3" })]).items[0]?.state).toBe("running");
});
