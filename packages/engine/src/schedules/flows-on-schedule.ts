import type { ActiveRun } from "../active-run.ts";
import type { FollowedSchedule } from "./followed-schedule.ts";

interface FlowOnSchedule {
  /** Those for which a run is being prepared. */
  readonly asking: Set<FollowedSchedule>;
  /** Those that go on, or may, when a run of the flow ends. */
  readonly concerned: Set<FollowedSchedule>;
  /** That a schedule has made, and that are under way. */
  readonly runs: Set<ActiveRun>;
}

/** By flow: the runs of its schedules that are under way, and who waits for their end. */
export class FlowsOnSchedule {
  readonly #flows = new Map<string, FlowOnSchedule>();

  addRun(run: ActiveRun): void {
    if (run.made.trigger.kind === "schedule" && !run.isOver) this.#flow(run.made.flow).runs.add(run);
  }

  removeRun(run: ActiveRun): void {
    this.#flows.get(run.made.flow)?.runs.delete(run);
  }

  /** It is to be told of each end from now on, if that is what it lives by. */
  add(schedule: FollowedSchedule): void {
    if (schedule.followsRuns) this.#flow(schedule.name.flow).concerned.add(schedule);
  }

  remove(schedule: FollowedSchedule): void {
    const flow = this.#flows.get(schedule.name.flow);
    flow?.asking.delete(schedule);
    flow?.concerned.delete(schedule);
  }

  /** A run is being prepared for it, and counts, until it is there or cannot be made. */
  ask(schedule: FollowedSchedule): void {
    schedule.state = "asking";
    this.#flow(schedule.name.flow).asking.add(schedule);
  }

  asked(schedule: FollowedSchedule): void {
    schedule.state = "idle";
    this.#flow(schedule.name.flow).asking.delete(schedule);
  }

  /** It owes a tick, and has no room. */
  wait(schedule: FollowedSchedule): void {
    this.#flow(schedule.name.flow).concerned.add(schedule);
  }

  /** It owes nothing. */
  waitNoMore(schedule: FollowedSchedule): void {
    if (!schedule.followsRuns) this.#flows.get(schedule.name.flow)?.concerned.delete(schedule);
  }

  concernedBy(flow: string): readonly FollowedSchedule[] {
    return [...(this.#flows.get(flow)?.concerned ?? [])];
  }

  /** The oldest first. */
  runsOf(flow: string): readonly ActiveRun[] {
    return [...this.#runsOf(flow)].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** How many of a flow's runs are under way or about to be made. */
  activeOf(flow: string): number {
    return this.#runsOf(flow).size + this.#flow(flow).asking.size;
  }

  #runsOf(name: string): ReadonlySet<ActiveRun> {
    const { runs } = this.#flow(name);
    // One that was read from the store again stands here in its new shape too.
    for (const run of runs) if (run.dropped || run.isOver) runs.delete(run);
    return runs;
  }

  #flow(name: string): FlowOnSchedule {
    const known = this.#flows.get(name);
    if (known !== undefined) return known;
    const flow: FlowOnSchedule = { asking: new Set(), concerned: new Set(), runs: new Set() };
    this.#flows.set(name, flow);
    return flow;
  }
}
