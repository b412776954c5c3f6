import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { VersionFlow } from "@millrace/core";
import { flowTypesText, type TypedFlow } from "./flow-types-text.ts";

/** Where the file is unless somebody says otherwise, in the project's folder. */
export const FLOW_TYPES_FILE = ".millrace/flows.d.ts";

export function typedFlows(flows: readonly VersionFlow[]): TypedFlow[] {
  return flows.map(({ spec: { name, description, params } }) => ({
    name,
    description,
    // A validator that does not describe itself says nothing of what it takes.
    params: params === null ? null : (params.jsonSchema ?? undefined),
  }));
}

/** Writes the file where it says something else, so that nothing that watches it is woken for nothing. Gives whether it did. */
export function writeFlowTypes(file: string, flows: readonly TypedFlow[]): boolean {
  const text = flowTypesText(flows);
  if (isUpToDate(file, text)) return false;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return true;
}

export function isUpToDate(file: string, text: string): boolean {
  return existsSync(file) && readFileSync(file, "utf8") === text;
}
