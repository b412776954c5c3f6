import { CAPACITY } from "./flows.ts";
import type { Reference } from "./reference.ts";
import { isFinal, type ReferenceRun, type ReferenceTask } from "./reference-run.ts";
import { labelOf, type Stand } from "./stand.ts";

/** The engine did, or wrote, what the model does not know. */
export class Divergence extends Error {
  override readonly name = "Divergence";
}

function diverges(message: string): never {
  throw new Divergence(message);
}

/**
 * Compares everything that can be seen of the engine with the model. Who of several goes first is the engine's choice:
 * the model takes over who was started, and checks that each might be, and that nobody else could be.
 */
export async function compare(reference: Reference, stand: Stand): Promise<void> {
  const ids = new Set((await stand.runIds()) as readonly string[]);
  for (const run of reference.runs) if (!ids.delete(run.id)) diverges(`there is no run ${run.id}`);
  for (const id of ids) diverges(`nobody asked for the run ${id}`);
  await takeStarts(reference, stand);
  const idle = reference.idle();
  if (idle !== undefined) diverges(`${idle} is ready and nothing keeps it back, but it was not started`);
  for (const run of reference.runs) await compareRun(run, stand);
  compareLoad(reference, stand);
}

async function takeStarts(reference: Reference, stand: Stand): Promise<void> {
  for (const order of stand.executor.started.splice(0)) {
    const run = reference.find(order.run) ?? diverges(`an attempt of ${order.run} was started`);
    const { liveAttempts } = await stand.read(run.id);
    const row = liveAttempts.find(({ id }) => id === order.attempt) ?? diverges(`${order.label} was started unwritten`);
    const task = run.tasks.get(labelOf(run.flow.name, row)) ?? diverges(`${order.label} was started`);
    if (task.state !== "ready") diverges(`${order.label} was started though it is ${task.state}`);
    const block = reference.blockOf(task);
    if (block !== undefined) diverges(`${order.label} was started though ${block}`);
    if (order.number !== task.tries + 1) diverges(`${order.label} was started as try ${order.number}`);
    task.state = "running";
    task.attempt = { order, stopping: false, overdue: false };
  }
}

async function compareRun(run: ReferenceRun, stand: Stand): Promise<void> {
  const { run: row, taskRuns } = await stand.read(run.id);
  const said = { state: row.state, settled: row.settled, cancelRequested: row.cancelRequested };
  const expected = { state: run.state, settled: run.isSettled, cancelRequested: run.cancelRequested };
  if (JSON.stringify(said) !== JSON.stringify(expected)) {
    diverges(`${run.flow.name} is ${JSON.stringify(said)}, not ${JSON.stringify(expected)}`);
  }
  const rows = new Map(taskRuns.map((one) => [labelOf(run.flow.name, one), one]));
  for (const task of run.tasks.values()) {
    const written = rows.get(task.label);
    rows.delete(task.label);
    if (!statesOf(task).includes(written?.state)) {
      diverges(`${run.flow.name}/${task.label} is ${written?.state}, not ${task.state}`);
    }
    if (written === undefined || task.isTaken) continue;
    const counts = `${written.tries} tries and ${written.crashes} crashes`;
    if (counts !== `${task.tries} tries and ${task.crashes} crashes`) {
      diverges(`${run.flow.name}/${task.label} has ${counts}, not ${task.tries} and ${task.crashes}`);
    }
    compareStop(task, stand);
  }
  for (const label of rows.keys()) diverges(`${run.flow.name}/${label} should not be there`);
}

/** What may be written of a task run: what waits in line stands as it did before, or not at all. */
function statesOf(task: ReferenceTask): readonly (string | undefined)[] {
  if (task.state === "pending") return [undefined];
  return task.state === "ready" ? [undefined, "ready", "retry_wait"] : [task.state];
}

function compareStop({ attempt, label }: ReferenceTask, stand: Stand): void {
  if (attempt === null) return;
  const held = stand.executor.running.get(attempt.order.attempt) ?? diverges(`${label} runs nowhere`);
  if (held.stopping !== attempt.stopping) diverges(`${label} was ${held.stopping ? "" : "not "}told to stop`);
}

function compareLoad(reference: Reference, stand: Stand): void {
  const tasks = reference.runs.flatMap((run) => [...run.tasks.values()]);
  const busy = tasks.filter(({ attempt }) => attempt !== null).length;
  const waiting = tasks.filter((task) => task.state === "ready" && !isFinal(task)).length;
  const runs = reference.runs.filter((run) => !run.isSettled).length;
  const { busy: isBusy, waiting: wait, runs: active } = stand.load;
  if (isBusy !== busy || wait !== waiting || active !== runs || busy > CAPACITY) {
    diverges(`the engine has ${isBusy} busy, ${wait} waiting, ${active} runs, not ${busy}, ${waiting} and ${runs}`);
  }
}
