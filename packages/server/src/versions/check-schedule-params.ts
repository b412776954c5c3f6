import { type EncodedText, isMillraceError, type ScheduleSpec } from "@millrace/core";
import type { DefinitionHost } from "@millrace/executors";
import type { Project } from "../project/project.ts";
import { findingAt } from "./diagnose.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { UsableFlow } from "./load-flows.ts";

const NO_PARAMS = "{}" as EncodedText;

/** What checks parameters, where the modules of the flows are loaded. */
type Checker = Pick<DefinitionHost, "parseParams">;

/**
 * Schedules whose parameters the flow does not take, or that lack some which it needs: none of their ticks could make a
 * run. The flow's own schema is asked, in the process that has loaded it.
 */
export async function unfitScheduleParams(
  project: Project,
  checker: Checker,
  flows: readonly { readonly flow: UsableFlow["flow"]["spec"]; readonly entry: string }[],
): Promise<ReadonlyMap<string, readonly Diagnostic[]>> {
  const found = new Map<string, readonly Diagnostic[]>();
  for (const { flow, entry } of flows) {
    const wrong: Diagnostic[] = [];
    for (const schedule of flow.schedules) {
      if (flow.params === null && schedule.params === null) continue;
      const refused = await refusalOf(checker, { entry, flow: flow.name }, schedule);
      if (refused === undefined) continue;
      const { code, message } = refused;
      const finding = {
        code,
        message: `The schedule "${schedule.name}" of ${flow.name} could not make a run. ${message}`,
        hint: "Give the schedule other `params`, or let the flow's parameters have defaults.",
      };
      wrong.push(findingAt(project.dir, schedule.place ?? flow.place, finding));
    }
    if (wrong.length > 0) found.set(flow.name, wrong);
  }
  return found;
}

async function refusalOf(
  checker: Checker,
  flow: { readonly entry: string; readonly flow: string },
  { params }: ScheduleSpec,
): Promise<Pick<Diagnostic, "code" | "message"> | undefined> {
  try {
    await checker.parseParams(flow, params ?? NO_PARAMS);
    return undefined;
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    return { code: error.code, message: error.message };
  }
}
