import { type ErrorCode, MillraceError } from "@millrace/core";
import type { StandardSchema } from "../schema/standard-schema.ts";
import { acceptsAnything } from "../schema/type.ts";
import { formatIssues, validate } from "../schema/validate.ts";
import type { TaskContext } from "./context.ts";
import { isDeferred } from "./defer.ts";

interface Checkable {
  readonly name: string;
  readonly input?: StandardSchema | undefined;
  readonly output?: StandardSchema<unknown, unknown> | undefined;
  run(input: never, context: TaskContext): unknown;
}

/** A handler as the worker calls it. */
export type Run = (input: unknown, context: TaskContext) => unknown;

/** The definition's `run` with its schemas around it; as it is, where there is nothing to check. */
export function runChecked(definition: Checkable): Run {
  const { name } = definition;
  const input = real(definition.input);
  const output = real(definition.output);
  const run: Run = (value, context) => definition.run(value as never, context);
  if (input === undefined && output === undefined) return run;
  return async (value, context) => {
    const checked = await check(input, value, { code: "INPUT_INVALID", what: `the input of task "${name}"` });
    const returned = await run(checked, context);
    if (isDeferred(returned)) return returned;
    return check(output, returned, { code: "OUTPUT_INVALID", what: `the output of task "${name}"` });
  };
}

function real(schema: StandardSchema | undefined): StandardSchema | undefined {
  return schema === undefined || acceptsAnything(schema) ? undefined : schema;
}

async function check(
  schema: StandardSchema | undefined,
  value: unknown,
  refusal: { readonly code: ErrorCode; readonly what: string },
): Promise<unknown> {
  if (schema === undefined) return value;
  const result = await validate(schema, value);
  if (result.ok) return result.value;
  const hint = "Change what comes in, or the schema that the task declares.";
  throw new MillraceError(
    refusal.code,
    `${refusal.what} is not what its schema takes:\n${formatIssues(result.issues)}`,
    {
      hint,
    },
  );
}
