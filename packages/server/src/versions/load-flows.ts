import type { LoadedFlow, LoadedModule } from "@millrace/executors";
import type { Project, ProjectConfig } from "../project/project.ts";
import type { BundleEntry } from "./bundling/bundle.ts";
import { checkFlow } from "./check-flow.ts";
import { unknownFlowsWaitedFor } from "./check-triggers.ts";
import { findingAt, findingIn, loadError, relativeTo } from "./diagnose.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { flowRings, ringFound } from "./flow-rings.ts";

/** A flow that can be used, and the entry that holds it. */
export interface UsableFlow {
  readonly flow: LoadedFlow;
  readonly entry: BundleEntry;
}

export interface LoadedFlows {
  readonly usable: readonly UsableFlow[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Sorts what the modules held into flows that can be used and what is wrong with the others. */
export function readFlows(
  project: Project,
  config: ProjectConfig,
  loaded: readonly (readonly [BundleEntry, LoadedModule])[],
): LoadedFlows {
  const diagnostics: Diagnostic[] = [];
  const flows: UsableFlow[] = [];
  const seen = new Set<number>();
  for (const [entry, module] of loaded) {
    const file = relativeTo(project.dir, entry.file);
    if (module.kind !== "flows") {
      diagnostics.push(loadError(project.dir, file, module));
      continue;
    }
    if (module.flows.length === 0) diagnostics.push(noFlowIn(file));
    for (const flow of module.flows) {
      // A module that passes on another one's flow does not define it again.
      if (!seen.has(flow.identity)) flows.push({ flow, entry });
      seen.add(flow.identity);
    }
  }
  const names = Map.groupBy(flows, ({ flow }) => flow.spec.name);
  const usable: UsableFlow[] = [];
  for (const same of names.values()) {
    const found =
      same.length > 1 ? [duplicate(project, same)] : same.flatMap(({ flow }) => checkFlow(project, config, flow.spec));
    diagnostics.push(...found);
    if (!found.some(({ severity }) => severity === "error")) usable.push(...same);
  }
  const specs = flows.map(({ flow }) => flow.spec);
  diagnostics.push(...unknownFlowsWaitedFor(project, specs));
  usable.sort((a, b) => (a.flow.spec.name < b.flow.spec.name ? -1 : 1));
  const rings = flowRings(usable.map(({ flow }) => flow.spec));
  diagnostics.push(...rings.map((ring) => ringFound(project, ring)));
  const endless = new Set(rings.flat().map(({ flow }) => flow.name));
  return { usable: usable.filter(({ flow }) => !endless.has(flow.spec.name)), diagnostics };
}

function noFlowIn(file: string): Diagnostic {
  return findingIn(file, {
    severity: "warning",
    code: "NO_FLOW_IN_FILE",
    message: `${file} exports no flow.`,
    hint: "Write `export default flow(…)`, or move a module that only helps others out of the folder of the flows.",
  });
}

function duplicate(project: Project, same: readonly UsableFlow[]): Diagnostic {
  const places = same.map(({ flow, entry }) => {
    const { place } = flow.spec;
    return place === null ? relativeTo(project.dir, entry.file) : `${place.file}:${place.line}:${place.column}`;
  });
  const name = same[0]?.flow.spec.name ?? "";
  return findingAt(project.dir, same.at(-1)?.flow.spec.place ?? null, {
    code: "DUPLICATE_FLOW",
    message: `${same.length} flows are called "${name}": ${places.join(" and ")}.`,
    hint: "Give each flow of a project a name of its own. Until then none of these can run.",
  });
}
