import { resolve } from "node:path";
import type { TaskContext } from "../task/context.ts";

/** Where a file of a task's definition is for this attempt, absolute. */
export function versionFile(context: TaskContext, path: string): string {
  return context.file?.(path) ?? resolve(context.projectDir, path);
}
