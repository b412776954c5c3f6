import {
  type Definitions,
  decode,
  encode,
  type FlowSpec,
  MillraceError,
  type VersionId,
  type VersionManifest,
} from "@millrace/core";

export function versionId(number: number): VersionId {
  return String(number).padStart(64, "0") as VersionId;
}

/** What child processes of a server would tell of the versions: here everybody knows it. */
export class SimulatedDefinitions implements Definitions {
  readonly #versions = new Map<VersionId, VersionManifest>();

  add(version: VersionId, flows: readonly FlowSpec[]): VersionManifest {
    const manifest = { flows: flows.map((spec) => ({ spec, codeHash: version, entry: `${spec.name}.js` })) };
    this.#versions.set(version, manifest);
    return manifest;
  }

  specOf(version: VersionId, flow: string): FlowSpec {
    const found = this.#versions.get(version)?.flows.find(({ spec }) => spec.name === flow);
    if (found === undefined) throw new Error(`no flow ${flow} in version ${version}`);
    return found.spec;
  }

  async flows(version: VersionId): Promise<VersionManifest> {
    const manifest = this.#versions.get(version);
    if (manifest === undefined) throw new MillraceError("UNKNOWN_VERSION", `there is no version ${version}`);
    return manifest;
  }

  async parseParams(version: VersionId, flow: string, params: Parameters<Definitions["parseParams"]>[2]) {
    const { concurrencyKeyed } = this.specOf(version, flow).policies;
    const { key = null } = decode(params) as { key?: string };
    return { params, concurrencyKey: concurrencyKeyed ? key : null };
  }

  async cacheKey(): Promise<string> {
    return "";
  }

  async eventParams({ payloads }: Parameters<Definitions["eventParams"]>[0]) {
    return payloads.at(-1) ?? encode({});
  }

  async nextTick() {
    return null;
  }
}
