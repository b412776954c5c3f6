declare const carried: unique symbol;
declare const given: unique symbol;

/** The brand of a reference: all that inputs compare. */
export interface RefTo<out Value> {
  readonly [carried]: Value;
}

/** The brand of a reference whose value exists before any task runs: parameters, and the item of a map. */
export interface GivenTo<out Value> extends RefTo<Value> {
  readonly [given]: true;
}

/**
 * A reference to a value that will exist when the flow runs. It is inert: it can be handed to a task, and its properties
 * are references to the value's fields. Reading it as a value (`` `${ref}` ``, `ref + 1`, `await ref`) throws.
 */
export type Ref<Value> = RefTo<Value> & { readonly [Key in RefKey<Value>]: Ref<FieldOf<Value, Key>> };

/** A `Ref` to a parameter of the flow, or to the item that a map's body runs for: it always has a value. */
export type GivenRef<Value> = GivenTo<Value> & { readonly [Key in RefKey<Value>]: GivenRef<FieldOf<Value, Key>> };

/** What a mapped task gives: the list of its outputs, in the order of the items. */
export type MapRef<Value> = Ref<Value[]> & {
  /**
   * How each item ended, failures included. For tasks under a trigger rule that runs after failures
   * (`report.with({ triggerRule: "all_done" })({ outcomes: loaded.outcomes })`).
   */
  readonly outcomes: GivenTo<Outcome<Value>[]>;
};

/** How one item of a map ended. `error` is that of the first task that failed for it. */
export type Outcome<Value> =
  | { readonly state: "success"; readonly value: Value }
  | { readonly state: "failed"; readonly error: { readonly name: string; readonly message: string } }
  | { readonly state: "skipped" | "cancelled" };

/** Values that references do not look into. */
export type Leaf =
  | string
  | number
  | boolean
  | bigint
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | URL
  | Error
  | ArrayBuffer
  | ArrayBufferView
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | ((...args: never) => unknown);

/** `then` would make `await` see a promise. Names of array methods are no fields, positions are. */
type RefKey<Value> = Exclude<KeyOf<Value>, symbol | "then">;

/** Keys of every member of a union: a field that only some members have is one that may be undefined. */
type KeyOf<Value> = Value extends Leaf ? never : Value extends readonly unknown[] ? PositionOf<Value> : keyof Value;

type PositionOf<List extends readonly unknown[]> = number extends List["length"]
  ? number | "length"
  : Extract<keyof List, `${number}`> | "length";

type FieldOf<Value, Key> = Value extends Leaf
  ? undefined
  : Value extends readonly (infer Item)[]
    ? Key extends "length"
      ? number
      : number extends Value["length"]
        ? Item | undefined
        : Key extends keyof Value
          ? Value[Key]
          : undefined
    : Key extends keyof Value
      ? string extends keyof Value
        ? Value[Key] | undefined
        : Value[Key]
      : undefined;
