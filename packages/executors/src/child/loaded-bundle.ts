import { basename } from "node:path";
import { MillraceError } from "@millrace/core";
import type { FlowDefinition, ProjectConfig } from "@millrace/sdk";
import { importConfig, importFlows } from "./load-bundle.ts";

/** The one version that a child serves: its flows, each imported when first needed, and its configuration. */
export class LoadedBundle {
  readonly #flows = new Map<string, FlowDefinition>();
  readonly #onImport: (entry: string) => void;
  #loading: Promise<void> | null = null;
  #config: ProjectConfig | undefined;
  #configError: unknown;

  constructor(onImport: (entry: string) => void) {
    this.#onImport = onImport;
  }

  /** A flow that is imported already; most attempts need not wait for anything. */
  find(flow: string): FlowDefinition | undefined {
    return this.#flows.get(flow);
  }

  /** Undefined where the project has none. Throws what importing it threw: only tasks that need it fail of that. */
  get config(): ProjectConfig | undefined {
    if (this.#configError !== undefined) throw this.#configError;
    return this.#config;
  }

  /** @throws MillraceError `IMPORT_FAILED` with what the module threw as its cause. */
  async load(flow: string, entry: string, configEntry: string | null): Promise<FlowDefinition> {
    this.#loading ??= this.#loadConfig(configEntry);
    const [definitions] = await Promise.all([this.#import(flow, entry), this.#loading]);
    for (const definition of definitions) this.#flows.set(definition.spec.name, definition);
    const found = this.#flows.get(flow);
    if (found !== undefined) return found;
    throw new MillraceError("IMPORT_FAILED", `The module ${basename(entry)} of this version holds no flow "${flow}".`, {
      hint: "A flow must be made when its module is imported, the same each time.",
    });
  }

  async #loadConfig(entry: string | null): Promise<void> {
    try {
      this.#config = entry === null ? undefined : await importConfig(entry);
    } catch (error) {
      this.#configError = error ?? new Error("the configuration threw nothing");
    }
  }

  async #import(flow: string, entry: string): Promise<readonly FlowDefinition[]> {
    try {
      return await importFlows(entry);
    } catch (cause) {
      throw new MillraceError("IMPORT_FAILED", `The module of flow "${flow}" could not be imported.`, { cause });
    } finally {
      this.#onImport(entry);
    }
  }
}
