import type { AlertFlow, AlertRule, FlowSpec, Store, VersionId, VersionManifest } from "@millrace/core";
import type { ProjectConfig } from "../project/project.ts";
import { readVersionConfig } from "../versions/version-folder.ts";

/** What the active version says about alerts. */
export interface AlertSettings {
  readonly rules: readonly AlertRule[];
  readonly publicUrl: string | null;
  /** Of the active version. */
  readonly flows: ReadonlyMap<string, FlowSpec>;
}

const NOTHING: AlertSettings = { rules: [], publicUrl: null, flows: new Map() };

/** What reads versions. */
export interface Versions {
  flows(version: VersionId): Promise<VersionManifest>;
  folder(version: VersionId): Promise<string>;
}

/** Reads what the active version says, once for each version. */
export class AlertSettingsReader {
  readonly #store: Pick<Store, "activeVersion">;
  readonly #versions: Versions;
  #known: { readonly version: VersionId; readonly settings: AlertSettings } | undefined;

  constructor(store: Pick<Store, "activeVersion">, versions: Versions) {
    this.#store = store;
    this.#versions = versions;
  }

  async read(): Promise<AlertSettings> {
    const version = await this.#store.activeVersion();
    if (version === undefined) return NOTHING;
    if (this.#known?.version === version) return this.#known.settings;
    const [{ flows }, config] = await Promise.all([
      this.#versions.flows(version),
      this.#versions.folder(version).then(readVersionConfig),
    ]);
    const settings = settingsOf(
      config,
      flows.map(({ spec }) => spec),
    );
    this.#known = { version, settings };
    return settings;
  }
}

export function settingsOf(
  { alerts = [], publicUrl = null }: Pick<ProjectConfig, "alerts" | "publicUrl">,
  flows: readonly FlowSpec[],
): AlertSettings {
  return { rules: alerts, publicUrl, flows: new Map(flows.map((flow) => [flow.name, flow])) };
}

/** What rules look at, of a flow that may be gone by now. */
export function alertFlow({ flows }: AlertSettings, name: string): AlertFlow {
  const spec = flows.get(name);
  return { flow: name, owner: spec?.owner ?? null, tags: spec?.tags ?? [] };
}
