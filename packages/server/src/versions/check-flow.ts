import { existsSync } from "node:fs";
import path from "node:path";
import {
  compileFlow,
  didYouMean,
  type ErrorCode,
  type FlowSpec,
  formatByteSize,
  type SourcePlace,
  type TaskNodeSpec,
} from "@millrace/core";
import { ticksOf } from "@millrace/core/time";
import type { Project, ProjectConfig } from "../project/project.ts";
import { unsignedWebhooks } from "./check-triggers.ts";
import { findingAt } from "./diagnose.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { namedFiles } from "./named-files.ts";

const CONNECTION_POOL = "connection:";

/** All that can be told to be wrong with a flow before it runs. */
export function checkFlow(project: Project, config: ProjectConfig, spec: FlowSpec): Diagnostic[] {
  const graph = compileFlow(spec);
  const problems = graph.ok ? [] : graph.problems;
  return [
    ...problems.map(({ error, place }) =>
      findingAt(project.dir, place ?? spec.place, {
        code: (error.code ?? "INTERNAL") as ErrorCode,
        message: error.message,
        hint: error.hint,
      }),
    ),
    ...missingConnections(project, config, spec),
    ...unknownPools(project, config, spec),
    ...tooLarge(project, config, spec),
    ...missingFiles(project, spec),
    ...withoutTicks(project, spec),
    ...unsignedWebhooks(project, spec),
  ];
}

function missingConnections(project: Project, config: ProjectConfig, spec: FlowSpec): Diagnostic[] {
  const declared = Object.keys(config.connections);
  return spec.connections
    .filter((name) => !declared.includes(name))
    .map((name) =>
      findingAt(
        project.dir,
        placeOfTask(spec, ({ details }) => details["connection"] === name),
        {
          code: "MISSING_CONNECTION",
          message: `The flow ${spec.name} uses the connection "${name}", which millrace.config.ts does not declare.`,
          hint: `${didYouMean(name, declared, "connections")} Or declare it under \`connections\` in millrace.config.ts.`,
        },
      ),
    );
}

function unknownPools(project: Project, config: ProjectConfig, spec: FlowSpec): Diagnostic[] {
  const found: Diagnostic[] = [];
  const declared = Object.keys(config.pools);
  for (const node of spec.nodes) {
    if (node.kind !== "task") continue;
    for (const { pool, slots } of node.policies.pools) {
      if (pool.startsWith(CONNECTION_POOL)) continue;
      const size = slotsOf(config.pools[pool]);
      // Without slots the pool is closed on purpose, until somebody opens it.
      if (size !== undefined && (slots <= size || size === 0)) continue;
      const message =
        size === undefined
          ? `The task ${node.id} of ${spec.name} takes slots of the pool "${pool}", which millrace.config.ts does not declare.`
          : `The task ${node.id} of ${spec.name} takes ${slots} slots of the pool "${pool}", which has ${size}: it would wait for ever.`;
      const hint =
        size === undefined
          ? `${didYouMean(pool, declared, "pools")} Or declare it: \`pools: { "${pool}": 4 }\` in millrace.config.ts.`
          : `Take fewer, or give the pool more in millrace.config.ts.`;
      found.push(findingAt(project.dir, node.place ?? spec.place, { code: "INVALID_OPTION", message, hint }));
    }
  }
  return found;
}

function slotsOf(pool: ProjectConfig["pools"][string] | undefined): number | undefined {
  return typeof pool === "object" ? pool.slots : pool;
}

/** What no attempt could ever get. How much this machine has is no matter: flows are checked in other places too. */
function tooLarge(project: Project, { resources }: ProjectConfig, spec: FlowSpec): Diagnostic[] {
  const { cpuMillis: cpu = null, memoryBytes: memory = null } = resources ?? {};
  return spec.nodes.flatMap((node) => {
    const asked = node.kind === "task" ? node.policies.resources : null;
    if (!asked) return [];
    const wants = [
      ...(cpu !== null && asked.cpuMillis > cpu
        ? [`${asked.cpuMillis / 1_000} processors, and the configuration gives ${cpu / 1_000}`]
        : []),
      ...(memory !== null && asked.memoryBytes > memory
        ? [`${formatByteSize(asked.memoryBytes)} of memory, and the configuration gives ${formatByteSize(memory)}`]
        : []),
    ];
    return wants.map((what) =>
      findingAt(project.dir, node.place ?? spec.place, {
        code: "TASK_TOO_LARGE",
        message: `The task ${node.id} of ${spec.name} needs ${what}: it would wait for ever.`,
        hint: "Let it ask for less, or give tasks more under `resources` in millrace.config.ts.",
      }),
    );
  });
}

function missingFiles(project: Project, spec: FlowSpec): Diagnostic[] {
  return namedFiles(spec)
    .filter((file) => !existsSync(path.resolve(project.dir, file)))
    .map((file) =>
      findingAt(
        project.dir,
        placeOfTask(spec, ({ files }) => files?.includes(file) === true),
        {
          code: "MISSING_FILE",
          message: `The flow ${spec.name} names the file ${file}, which does not exist.`,
          hint: "Names of files are relative to the file that names them.",
        },
      ),
    );
}

/** Schedules that never fire, or never again: nothing is wrong with them, and probably something is. */
function withoutTicks(project: Project, spec: FlowSpec): Diagnostic[] {
  return spec.schedules.flatMap((schedule) => {
    const ticks = ticksOf(schedule);
    if (ticks === undefined || ticks.next(Date.now()) !== undefined) return [];
    const last = ticks.previous(Date.now(), true);
    const message =
      last === undefined
        ? `The schedule "${schedule.name}" of ${spec.name} never fires.`
        : `The schedule "${schedule.name}" of ${spec.name} fires no more; its last tick was ${new Date(last).toISOString()}.`;
    const hint =
      schedule.timing.kind === "cron" && last === undefined
        ? "No day fits its day and month, such as the 30th of February, or its calendar leaves none of them."
        : "`millrace schedule explain` says what it means in words.";
    const finding = { severity: "warning", code: "INVALID_OPTION", message, hint } as const;
    return [findingAt(project.dir, schedule.place ?? spec.place, finding)];
  });
}

function placeOfTask(spec: FlowSpec, isMeant: (task: TaskNodeSpec) => boolean): SourcePlace | null {
  const task = spec.nodes.find((node) => node.kind === "task" && isMeant(node));
  return task?.place ?? spec.place;
}
