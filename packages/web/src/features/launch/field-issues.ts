import { isMillraceError } from "@millrace/client";
import type { Issue } from "@millrace/contract";
import type { Field } from "./params-schema.ts";

/** Places of the parameters that do not fit, as the server refused them. */
export function issuesOf(error: unknown): readonly Issue[] {
  return isMillraceError(error) && error.code === "INVALID_PARAMS" ? (error.issues ?? []) : [];
}

/** What is wrong below one part, with the path from there. */
export function issuesAt(issues: readonly Issue[], part: string | number): readonly Issue[] {
  return issues
    .filter(({ path: [first] }) => first !== undefined && String(first) === String(part))
    .map(({ path, message }) => ({ path: path.slice(1), message }));
}

/** What is wrong that no field of the form would show. */
export function issuesElsewhere(issues: readonly Issue[], fields: readonly Field[]): readonly Issue[] {
  const names = new Set(fields.map(({ name }) => name));
  return issues.filter(({ path: [first] }) => first === undefined || !names.has(String(first)));
}

export function issueText({ path, message }: Issue): string {
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
}
