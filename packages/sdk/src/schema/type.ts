import type { StandardSchema } from "./standard-schema.ts";

const VENDOR = "millrace";

const ANYTHING: StandardSchema = {
  "~standard": { version: 1, vendor: VENDOR, validate: (value) => ({ value }) },
};

/**
 * A schema that only the compiler looks at: it accepts everything at run time. For the inputs and outputs of task kinds
 * where checking the value would cost more than it helps.
 *
 * @example sql("load", { connection: "warehouse", input: type<{ orders: Order[] }>(), file: "./load.sql" })
 */
export function type<Type>(): StandardSchema<Type, Type> {
  return ANYTHING as unknown as StandardSchema<Type, Type>;
}

/** Whether validating with the schema is a waste of time. */
export function acceptsAnything(schema: StandardSchema): boolean {
  return schema["~standard"].vendor === VENDOR;
}
