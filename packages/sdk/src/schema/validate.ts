import type { Issue } from "@millrace/core";
import type { StandardSchema, StandardSchemaIssue } from "./standard-schema.ts";
import { acceptsAnything } from "./type.ts";

export type Validated<Output> =
  | { readonly ok: true; readonly value: Output }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Asks a schema about a value. The value that comes back may be coerced and completed. */
export async function validate<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
): Promise<Validated<Output>> {
  if (acceptsAnything(schema)) return { ok: true, value: value as Output };
  const result = await schema["~standard"].validate(value);
  if (result.issues !== undefined) return { ok: false, issues: result.issues.map(plainIssue) };
  return { ok: true, value: result.value };
}

function plainIssue(issue: StandardSchemaIssue): Issue {
  const path = (issue.path ?? []).map((part) => {
    const key = typeof part === "object" ? part.key : part;
    return typeof key === "number" ? key : String(key);
  });
  return { path, message: issue.message };
}

/** Issues as one line each: `orders.0.total: expected number`. */
export function formatIssues(issues: readonly Issue[]): string {
  return issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`)).join("\n");
}
