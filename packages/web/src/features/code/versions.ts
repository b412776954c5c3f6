import type { FlowVersion } from "../../api/shapes.ts";

/** How people tell versions apart: the beginning of the hash. */
export function shortVersion(version: string): string {
  return version.slice(0, 10);
}

/** The newest version before one that has other code of the flow; undefined where there is none, or none was read yet. */
export function formerOf(versions: readonly FlowVersion[], version: string): FlowVersion | undefined {
  const place = versions.findIndex((each) => each.version === version);
  if (place === -1) return undefined;
  // Where the code of this version was new.
  const begun = versions.findIndex((each, at) => at >= place && each.changed);
  return begun === -1 ? undefined : versions[begun + 1];
}

/** `airport[3]/load` and `airport[]/load` are the same task. */
export function plainTask(task: string): string {
  return task.replace(/\[\d*\]/g, "");
}
