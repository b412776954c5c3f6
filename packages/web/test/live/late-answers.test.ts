import { notifyManager, QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, onTestFinished, test } from "vitest";
import type { Run, TaskRun } from "../../src/api/shapes.ts";
import { LateAnswers } from "../../src/live/late-answers.ts";
import { patchAnswers } from "../../src/live/patch-answers.ts";
import { at, eventOf, madeOf, runOf } from "./told.ts";

/** Answers that come when they are told to, and what a page is shown of them. */
function watched<Answer>(queryKey: readonly unknown[]) {
  const client = new QueryClient();
  const missed: number[] = [];
  const late = new LateAnswers(client, (events) => missed.push(...events.map(({ seq }) => seq)));
  const asked: PromiseWithResolvers<Answer>[] = [];
  const queryFn = (): Promise<Answer> => {
    asked.push(Promise.withResolvers<Answer>());
    return asked.at(-1)?.promise as Promise<Answer>;
  };
  const shown: Answer[] = [];
  const observer = new QueryObserver<Answer>(client, { queryKey, queryFn, retry: false });
  // As pages are woken: what they show is what is there then.
  const look = notifyManager.batchCalls(() => {
    const { data } = observer.getCurrentResult();
    if (data !== undefined && data !== shown.at(-1)) shown.push(data);
  });
  const end = observer.subscribe(look);
  onTestFinished(() => {
    end();
    late.stop();
    client.clear();
  });
  const tell = (...events: Parameters<typeof patchAnswers>[1]): void => {
    late.take(events);
    patchAnswers(client, events);
  };
  const answer = (given: Answer): void => asked.at(-1)?.resolve(given);
  return { client, shown, tell, answer, missed };
}

test("the first answer has what came while it was on its way, before it is shown", async () => {
  const { shown, tell, answer } = watched<{ items: Run[]; next: null; seq: number }>(["listRuns", {}]);
  tell(eventOf(11, "run.started"), madeOf(12, runOf(12)));
  answer({ items: [runOf(1)], next: null, seq: 10 });
  await expect.poll(() => shown.length).toBeGreaterThan(0);
  expect(shown[0]?.items.map(({ id, state }) => [id, state])).toEqual([
    ["R12", "queued"],
    ["R1", "running"],
  ]);
  expect(shown).toHaveLength(1);
});

test("an answer that is older than what is shown already does not take the page back", async () => {
  const key = ["getRun", { params: { run: "R1" } }];
  const { client, shown, tell, answer } = watched<Run & { seq: number }>(key);
  answer({ ...runOf(1), seq: 10 });
  await expect.poll(() => shown.length).toBe(1);
  const again = client.invalidateQueries({ queryKey: key });
  tell(eventOf(11, "run.started"));
  await expect.poll(() => shown.length).toBe(2);
  answer({ ...runOf(1), seq: 10 });
  await again;
  expect(client.getQueryData(key)).toMatchObject({ state: "running" });
  expect(shown.map(({ state }) => state)).toEqual(["queued", "running"]);
});

test("tasks of a run that end while they are read have ended; what was told before they were asked for is not told again", async () => {
  const key = ["listTaskRuns", { params: { run: "R1" } }];
  const { client, shown, tell, answer } = watched<TaskRun[]>(key);
  const row = { task: "load", node: 0, item: "", hook: "", state: "running", startedAt: at(9), endedAt: null };
  const told = { task: "load", node: 0 };
  tell(eventOf(10, "task.finished", { ...told, data: { state: "success" } }));
  answer([row as TaskRun]);
  await expect.poll(() => shown.length).toBe(1);
  expect(shown[0]).toMatchObject([{ state: "success", endedAt: at(10) }]);
  // It was marked to be tried again meanwhile: of that there was another event, before this answer was asked for.
  tell(eventOf(11, "task.retrying", told));
  const again = client.invalidateQueries({ queryKey: key });
  answer([{ ...row, state: "queued" } as TaskRun]);
  await again;
  expect(client.getQueryData(key)).toMatchObject([{ state: "queued", endedAt: null }]);
});

test("what a first answer may not know of is asked for once more: while it is on its way, nobody can", async () => {
  const key = ["explainRun", { params: { run: "R1" } }];
  const { client, shown, tell, answer, missed } = watched<object>(key);
  tell(eventOf(11, "run.started"));
  answer({ waits: "for a slot" });
  await expect.poll(() => shown.length).toBe(1);
  expect(missed).toEqual([11]);
  // A later one is begun anew by what makes it old.
  const again = client.invalidateQueries({ queryKey: key });
  tell(eventOf(12, "run.finished"));
  answer({ waits: "for nothing" });
  await again;
  expect(missed).toEqual([11]);
});
