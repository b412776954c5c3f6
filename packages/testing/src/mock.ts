import { didYouMean, MillraceError } from "@millrace/core";
import type { FlowDefinition, TaskContext } from "@millrace/sdk";

/** Stands in for what a task does. */
export type Mock = (input: unknown, context: TaskContext) => unknown;

/** A task as a mock may name it: what `task(…)` and the other kinds make. */
export interface MockedTask<In, Out> {
  readonly name: string;
  readonly run: (input: In, context: TaskContext) => Promise<Out>;
}

/**
 * A mock that never ends: only the task's timeout, the run's, or a cancellation ends it, and they pass at once.
 *
 * @example
 * const run = await testFlow(nightly).mock("export", hangs).run();
 * expect(run.task("export").error?.code).toBe("TIMEOUT");
 */
export function hangs(): Promise<never> {
  return new Promise<never>(() => {});
}

/** The ids of the nodes that a mock is for. Throws `UNKNOWN_TASK` with what was probably meant. */
export function mockedNodes({ spec }: FlowDefinition, task: string | { readonly name: string }): readonly string[] {
  const tasks = spec.nodes.filter((node) => node.kind === "task").map((node) => node.id);
  const name = typeof task === "string" ? task : task.name;
  const plain = (id: string): string => id.replaceAll("[]", "");
  const exact = tasks.filter((id) => id === name || plain(id) === name);
  // A task itself is meant wherever it is placed: within groups its name has theirs in front.
  const found = typeof task === "string" ? exact : [...exact, ...tasks.filter((id) => plain(id).endsWith(`/${name}`))];
  if (found.length > 0) return found;
  throw new MillraceError("UNKNOWN_TASK", `Flow ${spec.name} has no task called ${name}.`, {
    hint: didYouMean(name, tasks, "tasks"),
  });
}
