import { refStateOf } from "../ref/ref-state.ts";

/**
 * Whether a build function turned out to be async. If so, its promise is taken care of: the refusal that follows says
 * all there is to say, and a second, unhandled error would only hide it.
 */
export function isThenable(value: unknown): boolean {
  // A reference would refuse to be asked for `then`.
  if (typeof value !== "object" || value === null || refStateOf(value) !== undefined) return false;
  if (!("then" in value) || typeof value.then !== "function") return false;
  Promise.resolve(value).catch(() => undefined);
  return true;
}
