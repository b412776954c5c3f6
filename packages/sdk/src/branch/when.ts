import type { Nothing, ValueOf } from "../ref/input.ts";
import type { Ref, RefTo } from "../ref/ref.ts";
import { CallSite } from "../source/call-site.ts";
import { type BranchOptions, placeBranch } from "./branch.ts";

/** Builds one arm: places tasks and may return a reference, or a structure of references. It must not be async. */
export type Arm<Result> = () => Sync<Result>;

/** Build functions place tasks and wait for nothing. */
export type Sync<Result> = Result extends PromiseLike<unknown> ? "a build function must not be async" : Result;

/** What the region returns: nothing is `undefined`. */
export type ArmValue<Result> = [Result] extends [Nothing] ? undefined : ValueOf<Result>;

/**
 * A region of the flow that depends on a value known only at run time. Tasks placed in `then` run when the value is
 * truthy, those in `otherwise` when it is not; the others are skipped. Gives a reference to what the arm that was taken
 * returned; a task inside an arm cannot be referred to from outside.
 *
 * @example
 * const report = when(counts.total, () => summarise({ counts }), () => explainNothing());
 */
export function when<Then>(
  condition: RefTo<unknown>,
  then: Arm<Then>,
  options?: BranchOptions,
): Ref<ArmValue<Then> | undefined>;
export function when<Then, Otherwise>(
  condition: RefTo<unknown>,
  then: Arm<Then>,
  otherwise: Arm<Otherwise>,
  options?: BranchOptions,
): Ref<ArmValue<Then> | ArmValue<Otherwise>>;
export function when(
  condition: RefTo<unknown>,
  then: () => unknown,
  ...rest: readonly [(BranchOptions | (() => unknown))?, BranchOptions?]
): Ref<unknown> {
  const [second, third] = rest;
  const otherwise = isArm(second) ? second : undefined;
  const options = (isArm(second) ? third : second) ?? {};
  return placeBranch({
    form: "when",
    condition,
    arms: [
      ["then", then],
      ["otherwise", otherwise],
    ],
    otherwise: null,
    options,
    site: new CallSite(when),
  });
}

function isArm(value: BranchOptions | (() => unknown) | undefined): value is () => unknown {
  return typeof value === "function";
}
