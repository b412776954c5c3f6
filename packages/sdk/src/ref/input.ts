import type { TriggerRule } from "@millrace/core";
import type { GivenTo, Leaf, RefTo } from "./ref.ts";

/** What may be given where a task takes a `Value`: the value, a reference to one, or both mixed, at any depth. */
export type Input<Value> = Value | RefTo<Value> | InputParts<Value>;

type InputParts<Value> = Value extends Leaf
  ? never
  : Value extends readonly (infer Item)[]
    ? number extends Value["length"]
      ? readonly Input<Item>[]
      : { readonly [Key in keyof Value]: Input<Value[Key]> }
    : Value extends object
      ? { readonly [Key in keyof Value]: Input<Value[Key]> }
      : never;

/**
 * `Input` under a trigger rule that lets a task run after an upstream failed or was skipped. That upstream's value is
 * then undefined, so a reference fits only where the handler takes `undefined`. Parameters and items always exist.
 */
export type InputOrMissing<Value> = Value | GivenTo<Value> | MissingRef<Value> | InputOrMissingParts<Value>;

/** A reference whose value may be missing at run time; never, where the handler does not take `undefined`. */
type MissingRef<Value> = undefined extends Value ? RefTo<Value> : never;

type InputOrMissingParts<Value> = Value extends Leaf
  ? never
  : Value extends readonly (infer Item)[]
    ? number extends Value["length"]
      ? readonly InputOrMissing<Item>[]
      : { readonly [Key in keyof Value]: InputOrMissing<Value[Key]> }
    : Value extends object
      ? { readonly [Key in keyof Value]: InputOrMissing<Value[Key]> }
      : never;

/** `Input` or `InputOrMissing`, as the rule asks. Only `all_success` promises every value. */
export type InputUnder<Rule extends TriggerRule, Value> = [Rule] extends ["all_success"]
  ? Input<Value>
  : InputOrMissing<Value>;

/** The arguments of a task's call: none for a handler without input, optional where everything in it is. */
export type CallArguments<Rule extends TriggerRule, Value> = [Value] extends [undefined]
  ? []
  : Record<never, never> extends Value
    ? [input?: InputUnder<Rule, Value>]
    : [input: InputUnder<Rule, Value>];

/** What a function gives that returns nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: it is the return type, taken apart from its function.
export type Nothing = void;

/** The value that a structure of references and constants stands for: `{ a: Ref<A> }` gives `{ a: A }`. */
export type ValueOf<Given> =
  Given extends RefTo<infer Value>
    ? Value
    : Given extends Leaf
      ? Given
      : Given extends readonly unknown[]
        ? { -readonly [Key in keyof Given]: ValueOf<Given[Key]> }
        : Given extends object
          ? { -readonly [Key in keyof Given]: ValueOf<Given[Key]> }
          : Given;

/** The output of a task, from what its handler returns. `any` would switch off every check downstream. */
export type OutputOf<Returned> = 0 extends 1 & Awaited<Returned>
  ? unknown
  : Exclude<Awaited<Returned>, { readonly until: { readonly kind: "time" | "run" }; readonly carry: unknown }>;
