import { readFile } from "node:fs/promises";
import path from "node:path";
import type { FlowSpec, VersionFile } from "@millrace/core";
import { namedFilePath } from "@millrace/executors";
import type { Project } from "../project/project.ts";

/** The files that the tasks of a flow read when they run, relative to the project, each once. */
export function namedFiles(spec: FlowSpec): string[] {
  return [...new Set(spec.nodes.flatMap((node) => (node.kind === "task" ? (node.files ?? []) : [])))];
}

/** The files that a flow's definition was made from beside its sources, relative to the project: its calendars' holidays. */
export function definitionFiles(spec: FlowSpec): string[] {
  return [...new Set(spec.schedules.flatMap(({ calendar }) => calendar?.files ?? []))];
}

/** The SQL files and scripts that tasks name, as they become part of the version. */
export async function readNamedFiles(project: Project, specs: readonly FlowSpec[]): Promise<VersionFile[]> {
  const names = [...new Set(specs.flatMap(namedFiles))].sort();
  return await Promise.all(
    names.map(async (name) => {
      return { path: namedFilePath(name), content: await readFile(path.resolve(project.dir, name)) };
    }),
  );
}
