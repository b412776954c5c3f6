import type { Ref, RefTo } from "../ref/ref.ts";
import { CallSite } from "../source/call-site.ts";
import { type BranchOptions, placeBranch } from "./branch.ts";
import type { ArmValue, Sync } from "./when.ts";

/**
 * The arms for a text: one for each value it can have, or some and `otherwise`. A text that can be anything needs
 * `otherwise`.
 */
type Arms<Choice extends string> = string extends Choice
  ? { readonly [Name in string]: () => unknown } & { readonly otherwise: () => unknown }
  :
      | { readonly [Name in Choice]: () => unknown }
      | ({ readonly [Name in Choice]?: () => unknown } & { readonly otherwise: () => unknown });

type ResultOf<Build> = Build extends () => infer Result ? ArmValue<Result> : never;

/** Refuses, where they stand, arms that are async and arms that no text can choose. */
type CheckedArms<Choice extends string, Built> = {
  readonly [Name in keyof Built]: Name extends Choice | "otherwise"
    ? CheckedArm<Built[Name]>
    : "no value names this arm";
};

type CheckedArm<Build> = Build extends () => infer Result ? () => Sync<Result> : never;

/**
 * A region of the flow that depends on a text known only at run time: it names the arm whose tasks run; those of the
 * other arms are skipped. Gives a reference to what the arm that was taken returned; a task inside an arm cannot be
 * referred to from outside.
 *
 * @example
 * const loaded = choose(size, { big: () => bulkLoad({ file }), small: () => insert({ file }) });
 */
export function choose<Choice extends string, const Built extends Arms<NoInfer<Choice>>>(
  choice: RefTo<Choice>,
  arms: Built & CheckedArms<Choice, Built>,
  options: BranchOptions = {},
): Ref<{ [Name in keyof Built]: ResultOf<Built[Name]> }[keyof Built]> {
  const built = arms as Readonly<Record<string, (() => unknown) | undefined>>;
  return placeBranch({
    form: "choose",
    condition: choice,
    arms: Object.entries(built),
    otherwise: built["otherwise"] === undefined ? null : "otherwise",
    options,
    site: new CallSite(choose),
  });
}
