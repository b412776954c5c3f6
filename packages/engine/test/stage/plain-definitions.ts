import {
  type CacheKeyCall,
  type Definitions,
  decode,
  type EncodedText,
  type EventParamsCall,
  encode,
  type FlowSpec,
  MillraceError,
  type NextTickCall,
  type ParsedParams,
  type VersionId,
  type VersionManifest,
} from "@millrace/core";

/** Functions of a flow's definition, by the flow's name. */
export interface DefinitionFunctions {
  readonly concurrencyKey?: (flow: string, params: unknown) => string | null;
  readonly taskKeys?: (flow: string, params: unknown) => readonly string[];
  readonly cacheKey?: (input: unknown) => string;
  /** What events of a trigger, `flow/trigger`, give a run. */
  readonly eventParams?: (trigger: string, payloads: readonly unknown[]) => unknown;
  /** The first tick of a custom schedule, `flow/schedule`, after an instant. */
  readonly nextTick?: (schedule: string, afterMs: number) => number | null;
  /** Why the parameters do not fit; waited for. */
  readonly refuseParams?: (params: unknown) => string | undefined | Promise<undefined>;
}

export function versionId(number: number): VersionId {
  return String(number).padStart(64, "0") as VersionId;
}

/** Versions as a test hands them in. */
export class PlainDefinitions implements Definitions {
  readonly #versions = new Map<VersionId, VersionManifest>();
  readonly #functions: DefinitionFunctions;

  constructor(functions: DefinitionFunctions) {
    this.#functions = functions;
  }

  /** @param codeHash part of cache keys. */
  add(version: VersionId, flows: readonly FlowSpec[], codeHash: string): VersionManifest {
    const manifest = { flows: flows.map((spec) => ({ spec, codeHash, entry: `${spec.name}.js` })) };
    this.#versions.set(version, manifest);
    return manifest;
  }

  async flows(version: VersionId): Promise<VersionManifest> {
    const manifest = this.#versions.get(version);
    if (manifest === undefined) throw new MillraceError("UNKNOWN_VERSION", `there is no version ${version}`);
    return manifest;
  }

  async parseParams(_version: VersionId, flow: string, params: EncodedText): Promise<ParsedParams> {
    const value = decode(params);
    const refused = await this.#functions.refuseParams?.(value);
    if (refused !== undefined) throw new MillraceError("INVALID_PARAMS", refused);
    const taskKeys = this.#functions.taskKeys?.(flow, value);
    return {
      params,
      concurrencyKey: this.#functions.concurrencyKey?.(flow, value) ?? null,
      ...(taskKeys === undefined ? {} : { taskKeys }),
    };
  }

  async cacheKey({ input }: CacheKeyCall): Promise<string> {
    return this.#functions.cacheKey?.(decode(input)) ?? "";
  }

  async nextTick({ flow, schedule, afterMs }: NextTickCall): Promise<number | null> {
    return this.#functions.nextTick?.(`${flow}/${schedule}`, afterMs) ?? null;
  }

  async eventParams({ flow, trigger, payloads }: EventParamsCall): Promise<EncodedText> {
    return encode(
      this.#functions.eventParams?.(
        `${flow}/${trigger}`,
        payloads.map((payload) => decode(payload)),
      ),
    );
  }
}
