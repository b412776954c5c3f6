import type { ActiveTask } from "./active-run.ts";
import type { World } from "./world.ts";

/** Tasks whose attempts hold some of a resource. */
export function holdersOf(world: World, resource: string): readonly ActiveTask[] {
  const claims = (task: ActiveTask): boolean =>
    task.bucket.needs?.some((need) => need.resource.name === resource) === true;
  return [...world.attempts.values()].filter(claims);
}
