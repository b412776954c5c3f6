import type { TriggerRule } from "@millrace/core";
import type { CallArguments, InputUnder, ValueOf } from "../ref/input.ts";
import type { GivenRef, MapRef, Ref, RefTo } from "../ref/ref.ts";
import type { TaskContext } from "./context.ts";
import type { PlacementOptions } from "./placement-options.ts";

/**
 * A task: call it in a flow's build function to place it there. It takes its inputs as values or references and gives a
 * reference to its output; nothing runs. What shapes the placement is said before the call, each time giving a new task:
 * `extract.named("us").after(audit).with({ pool: "us" })({ region: "us" })`.
 */
export interface Task<In, Out, Rule extends TriggerRule = "all_success"> {
  (...args: CallArguments<Rule, In>): Ref<Out>;
  /** Another name, for a second placement in the same flow. */
  named(name: string): Task<In, Out, Rule>;
  /** Waits for these too, though their values are not needed. */
  after(...refs: readonly RefTo<unknown>[]): Task<In, Out, Rule>;
  /** Policies and the trigger rule of this placement. */
  with<Next extends TriggerRule = Rule>(options: PlacementOptions<In, Next>): Task<In, Out, Next>;
  /**
   * Runs the task once for each element of a list that may be known only at run time. `inputs` is called once, now, with
   * references to the element and its position.
   */
  each<Item>(
    list: RefTo<readonly Item[]>,
    inputs: (item: GivenRef<Item>, index: GivenRef<number>) => MapInputs<Rule, In>,
  ): MapRef<Out>;
  each<Item>(
    list: readonly Item[],
    inputs: (item: GivenRef<ValueOf<Item>>, index: GivenRef<number>) => MapInputs<Rule, In>,
  ): MapRef<Out>;
  /** The task's own work as a plain function, for unit tests: no flow, no run, just input and context. */
  readonly run: (input: In, context: TaskContext) => Promise<Out>;
}

/** What the callback of `each` gives back; tasks without input need nothing. */
type MapInputs<Rule extends TriggerRule, In> = [In] extends [undefined] ? unknown : InputUnder<Rule, In>;
