import { type AttemptId, type EventRow, isFinalRunState } from "@millrace/core";
import { type AuditedRun, placeOf } from "./task-runs.ts";

/** What was told of a run adds up to what its rows say. */
export function auditEvents(audited: AuditedRun): string[] {
  return [...auditRunEvents(audited), ...auditTaskEvents(audited)];
}

function auditRunEvents({ run, events }: AuditedRun): string[] {
  const wrong: string[] = [];
  const count = (type: EventRow["type"]): number => events.filter((event) => event.type === type).length;
  if (count("run.queued") !== 1) wrong.push(`it was told to be queued ${count("run.queued")} times`);
  if (count("run.started") !== (run.startedAtMs === null ? 0 : 1)) {
    wrong.push(`it was told to have started ${count("run.started")} times`);
  }
  const ends = events.filter(({ type }) => type === "run.finished");
  if (ends.length !== (isFinalRunState(run.state) ? 1 : 0)) wrong.push(`its end was told ${ends.length} times`);
  for (const { data } of ends) {
    const { state } = JSON.parse(data ?? "{}") as { state?: string };
    if (state !== run.state) wrong.push(`it was told to be ${state}, and is ${run.state}`);
  }
  for (const [index, { seq }] of events.entries()) {
    if (seq <= (events[index - 1]?.seq ?? 0)) wrong.push(`event ${seq} comes after event ${events[index - 1]?.seq}`);
  }
  return wrong;
}

/** The story of one task run or hook, as it was told. */
interface Story {
  readonly started: AttemptId[];
  /** The attempt that was last told to have started, and not to have ended. */
  current: AttemptId | null;
  finished: string | null;
}

function auditTaskEvents({ taskRuns, attempts, events }: AuditedRun): string[] {
  const wrong: string[] = [];
  const stories = new Map<string, Story>();
  const hooks = new Map(attempts.map(({ id, hook }) => [id, hook]));
  for (const event of events) {
    if (event.type.startsWith("run.")) continue;
    const place = placeOf({ ...event, hook: hookOf(event, hooks) });
    const story = stories.get(place) ?? { started: [], current: null, finished: null };
    stories.set(place, story);
    if (story.finished !== null) wrong.push(`${event.type} of ${place} was told after its end`);
    wrong.push(...tell(story, event).map((what) => `${place}: ${what}`));
  }
  const tried = new Map<string, AttemptId[]>();
  for (const attempt of attempts) tried.set(placeOf(attempt), [...(tried.get(placeOf(attempt)) ?? []), attempt.id]);
  for (const row of taskRuns) {
    const place = placeOf(row);
    const story = stories.get(place);
    if (story?.finished !== row.state)
      wrong.push(`${place} was told to be ${story?.finished ?? "nothing"}, and is ${row.state}`);
    const known = (tried.get(place) ?? []).join(", ");
    const told = story?.started.join(", ") ?? "";
    if (told !== known) wrong.push(`of ${place} the attempts ${told} were told, and there are ${known}`);
    stories.delete(place);
  }
  for (const place of stories.keys()) wrong.push(`of ${place} was told, and it has no row`);
  return wrong;
}

/** Of which hook an event tells; "" for the task run itself. */
function hookOf({ attempt, data }: EventRow, hooks: ReadonlyMap<AttemptId, string>): "" {
  const named = (JSON.parse(data ?? "{}") as { hook?: string }).hook;
  return (named ?? (attempt === null ? "" : (hooks.get(attempt) ?? ""))) as "";
}

function tell(story: Story, { type, attempt, data }: EventRow): string[] {
  switch (type) {
    case "task.started":
      story.current = attempt;
      if (attempt !== null) story.started.push(attempt);
      return [];
    case "data.reported":
      if (attempt !== null && attempt === story.current) return [];
      return [`attempt ${attempt} reported data while ${story.current ?? "no attempt"} was under way`];
    case "task.retrying":
    case "task.deferred":
      story.current = null;
      return [];
    case "task.finished":
    case "hook.finished":
      story.current = null;
      story.finished = (JSON.parse(data ?? "{}") as { state?: string }).state ?? "";
      return [];
    case "run.queued":
    case "run.started":
    case "run.cancelling":
    case "run.finished":
    case "task.expanded":
    case "task.resumed":
      return [];
  }
}
