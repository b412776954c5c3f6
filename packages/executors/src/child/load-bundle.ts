import { pathToFileURL } from "node:url";
import { configOf, definitionOf, type FlowDefinition, type ProjectConfig } from "@millrace/sdk";

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

/**
 * The project's configuration, by whatever name its module exports it; undefined where it exports none.
 *
 * @param file absolute.
 */
export async function importConfig(file: string): Promise<ProjectConfig | undefined> {
  const exported = Object.values((await import(pathToFileURL(file).href)) as Record<string, unknown>);
  return exported.map(configOf).find((config) => config !== undefined);
}
