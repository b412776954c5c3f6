import { type Definitions, MillraceError, suggest, type VersionId } from "@millrace/core";
import { LoadedFlow } from "./loaded-flow.ts";

/** Versions that no run needs any more and that are kept all the same: the active one is asked for with every run. */
const KEPT_UNUSED = 8;

type Flows = ReadonlyMap<string, LoadedFlow>;

/** The flows of versions, compiled once each. Those that no unfinished run is pinned to are forgotten by and by. */
export class CompiledVersions {
  readonly #definitions: Definitions;
  readonly #inUse: () => Iterable<VersionId>;
  /** Whatever was asked for last stands last. */
  readonly #known = new Map<VersionId, Promise<Flows>>();

  /** @param inUse the versions of all runs in memory; only looked at when a version is met anew. */
  constructor(definitions: Definitions, inUse: () => Iterable<VersionId>) {
    this.#definitions = definitions;
    this.#inUse = inUse;
  }

  /** A flow of a version. Throws `UNKNOWN_VERSION` or `UNKNOWN_FLOW`. */
  async flow(version: VersionId, name: string): Promise<LoadedFlow> {
    const flows = await this.#flowsOf(version);
    const flow = flows.get(name);
    if (flow !== undefined) return flow;
    const near = suggest(name, [...flows.keys()]);
    throw new MillraceError("UNKNOWN_FLOW", `There is no flow "${name}" in this version.`, {
      hint: near === undefined ? "`millrace list` shows the flows there are." : `Did you mean "${near}"?`,
    });
  }

  #flowsOf(version: VersionId): Promise<Flows> {
    const known = this.#known.get(version);
    if (known !== undefined) {
      this.#known.delete(version);
      this.#known.set(version, known);
      return known;
    }
    this.#forgetUnused();
    const loading = this.#load(version);
    this.#known.set(version, loading);
    // What could not be read is not remembered.
    loading.catch(() => this.#known.delete(version));
    return loading;
  }

  #forgetUnused(): void {
    const inUse = new Set(this.#inUse());
    const unused = [...this.#known.keys()].filter((version) => !inUse.has(version));
    for (const version of unused.slice(0, Math.max(0, unused.length - KEPT_UNUSED + 1))) this.#known.delete(version);
  }

  async #load(version: VersionId): Promise<Flows> {
    const { flows } = await this.#definitions.flows(version);
    return new Map(flows.map((flow) => [flow.spec.name, new LoadedFlow(version, flow)]));
  }
}
