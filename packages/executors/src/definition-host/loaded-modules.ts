import { join } from "node:path";
import type { FlowDefinition } from "@millrace/sdk";
import { importFlows } from "../child/load-bundle.ts";
import type { LoadedFlow } from "./messages.ts";

/** The modules of one version that this process has imported, by their name in it. */
export class LoadedModules {
  /** The version's folder. What is loaded stays loaded when it gets another name. */
  folder = "";
  readonly #flows = new Map<string, Promise<readonly FlowDefinition[]>>();
  /** A flow that several modules export is one flow. */
  readonly #identities = new Map<FlowDefinition, number>();

  async load(entry: string): Promise<LoadedFlow[]> {
    const definitions = await this.#import(entry);
    return definitions.map((definition) => ({
      spec: definition.spec,
      identity: this.#identityOf(definition),
    }));
  }

  async find(entry: string, flow: string): Promise<FlowDefinition> {
    const found = (await this.#import(entry)).find(({ spec }) => spec.name === flow);
    if (found === undefined) throw new Error(`The module ${entry} of this version holds no flow ${flow}.`);
    return found;
  }

  #import(entry: string): Promise<readonly FlowDefinition[]> {
    const known = this.#flows.get(entry);
    if (known !== undefined) return known;
    const importing = importFlows(join(this.folder, entry));
    this.#flows.set(entry, importing);
    return importing;
  }

  #identityOf(definition: FlowDefinition): number {
    const known = this.#identities.get(definition);
    if (known !== undefined) return known;
    this.#identities.set(definition, this.#identities.size);
    return this.#identities.size - 1;
  }
}
