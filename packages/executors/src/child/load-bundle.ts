import { pathToFileURL } from "node:url";
import { definitionOf, type FlowDefinition } from "@millrace/sdk";

/**
 * The flows that a module of a bundle exports, by whatever names. One that is exported twice, by its name and as the
 * default, is there once.
 *
 * @param file absolute.
 */
export async function importFlows(file: string): Promise<FlowDefinition[]> {
  const exported = Object.values((await import(pathToFileURL(file).href)) as Record<string, unknown>);
  const definitions = exported.map(definitionOf).filter((definition) => definition !== undefined);
  return [...new Set(definitions)];
}

/** What the project's configuration exports, or undefined where the bundle has none. */
export async function importConfig(file: string | null): Promise<unknown> {
  if (file === null) return undefined;
  return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
}
