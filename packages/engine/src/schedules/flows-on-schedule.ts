import type { ActiveRun } from "../active-run.ts";
import type { FollowedSchedule } from "./followed-schedule.ts";

interface FlowOnSchedule {
  readonly schedules: Set<FollowedSchedule>;
  /** That a schedule has made, and that are under way. */
  readonly runs: Set<ActiveRun>;
}

/** By flow: its schedules, and the runs of theirs that are under way. Nothing here is ever searched as a whole. */
export class FlowsOnSchedule {
  readonly #flows = new Map<string, FlowOnSchedule>();

  addRun(run: ActiveRun): void {
    if (run.made.trigger.kind === "schedule" && !run.isOver) this.#flow(run.made.flow).runs.add(run);
  }

  removeRun(run: ActiveRun): void {
    this.#flows.get(run.made.flow)?.runs.delete(run);
  }

  add(schedule: FollowedSchedule): void {
    this.#flow(schedule.name.flow).schedules.add(schedule);
  }

  remove(schedule: FollowedSchedule): void {
    this.#flows.get(schedule.name.flow)?.schedules.delete(schedule);
  }

  schedulesOf(flow: string): Iterable<FollowedSchedule> {
    return this.#flows.get(flow)?.schedules ?? [];
  }

  /** The oldest first. */
  runsOf(flow: string): readonly ActiveRun[] {
    const runs = this.#flows.get(flow)?.runs;
    if (runs === undefined) return [];
    // One that was read from the store again stands here in its new shape too.
    for (const run of runs) if (run.dropped || run.isOver) runs.delete(run);
    return [...runs].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** How many of a flow's runs are under way or about to be made. */
  activeOf(flow: string): number {
    let active = this.runsOf(flow).length;
    for (const { state } of this.schedulesOf(flow)) if (state === "asking") active += 1;
    return active;
  }

  #flow(name: string): FlowOnSchedule {
    const known = this.#flows.get(name);
    if (known !== undefined) return known;
    const flow: FlowOnSchedule = { schedules: new Set(), runs: new Set() };
    this.#flows.set(name, flow);
    return flow;
  }
}
