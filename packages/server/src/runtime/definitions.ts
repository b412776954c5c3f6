import {
  type CacheKeyCall,
  type Definitions,
  didYouMean,
  type EncodedText,
  type EventParamsCall,
  MillraceError,
  type NextTickCall,
  type ParsedParams,
  type Store,
  type VersionFlow,
  type VersionId,
  type VersionManifest,
} from "@millrace/core";
import { DefinitionHost } from "@millrace/executors";
import type { Project } from "../project/project.ts";
import { materialize, readManifest } from "../versions/version-folder.ts";

export interface HostedDefinitionsOptions {
  readonly project: Project;
  readonly store: Store;
  /** The mark of the executor that the processes belong to. Defaults to one of their own. */
  readonly mark?: string;
  /** A process that was asked nothing for so long is ended, in milliseconds. Defaults to one minute. */
  readonly idleMs?: number;
  /** How long one function may take to answer, in milliseconds. Defaults to 10 s. */
  readonly limitMs?: number;
}

interface Hosted {
  readonly host: DefinitionHost;
  timer: NodeJS.Timeout | undefined;
}

const DEFAULT_IDLE_MS = 60_000;
/** Versions whose manifests are kept in memory: the active one, and those of runs that began before it. */
const KEPT_MANIFESTS = 8;
const NO_PARAMS = "{}" as EncodedText;

/** Definitions of stored versions: manifests from disk, and functions in a child process for each version. */
export class HostedDefinitions implements Definitions {
  readonly #options: HostedDefinitionsOptions;
  readonly #manifests = new Map<VersionId, Promise<VersionManifest>>();
  readonly #hosts = new Map<VersionId, Promise<Hosted>>();

  constructor(options: HostedDefinitionsOptions) {
    this.#options = options;
  }

  flows(version: VersionId): Promise<VersionManifest> {
    const known = this.#manifests.get(version);
    if (known !== undefined) return known;
    const reading = this.folder(version).then(readManifest);
    this.#manifests.set(version, reading);
    // What could not be read is not remembered.
    reading.catch(() => this.#manifests.delete(version));
    for (const oldest of this.#manifests.keys()) {
      if (this.#manifests.size <= KEPT_MANIFESTS) break;
      this.#manifests.delete(oldest);
    }
    return reading;
  }

  /** Where the version is on disk; it is put there if it is not. */
  folder(version: VersionId): Promise<string> {
    return materialize(this.#options.project, this.#options.store, version);
  }

  async find(version: VersionId, flow: string): Promise<VersionFlow> {
    const { flows } = await this.flows(version);
    const found = flows.find(({ spec }) => spec.name === flow);
    if (found !== undefined) return found;
    const names = flows.map(({ spec }) => spec.name);
    throw new MillraceError("UNKNOWN_FLOW", `There is no flow "${flow}" in the version ${version.slice(0, 12)}.`, {
      hint: didYouMean(flow, names, "flows"),
    });
  }

  async parseParams(version: VersionId, flow: string, params: EncodedText): Promise<ParsedParams> {
    const { spec, entry } = await this.find(version, flow);
    // Nothing to ask the author's code: most flows start without a process more.
    const { concurrencyKeyed, taskKeys } = spec.policies;
    if (spec.params === null && !concurrencyKeyed && taskKeys === 0 && params === NO_PARAMS) {
      return { params, concurrencyKey: null };
    }
    return await this.#ask(version, (host) => host.parseParams({ entry, flow }, params));
  }

  async cacheKey({ version, flow, node, input }: CacheKeyCall): Promise<string> {
    const { entry } = await this.find(version, flow);
    return await this.#ask(version, (host) => host.cacheKey({ entry, flow, node }, input));
  }

  async eventParams({ version, flow, trigger, payloads }: EventParamsCall): Promise<EncodedText> {
    const { entry } = await this.find(version, flow);
    return await this.#ask(version, (host) => host.eventParams({ entry, flow, trigger }, payloads));
  }

  async nextTick({ version, flow, schedule, afterMs }: NextTickCall): Promise<number | null> {
    const { entry } = await this.find(version, flow);
    return await this.#ask(version, (host) => host.nextTick({ entry, flow, schedule }, afterMs));
  }

  /** Takes over the process in which a build has loaded the version. */
  adopt(version: VersionId, host: DefinitionHost): void {
    const hosted: Hosted = { host, timer: undefined };
    this.#hosts.set(version, Promise.resolve(hosted));
    this.#endWhenIdle(version, hosted);
  }

  /** Ends all processes. Twice is fine. */
  async stop(): Promise<void> {
    const hosts = [...this.#hosts.values()];
    this.#hosts.clear();
    for (const hosted of await Promise.all(hosts)) {
      clearTimeout(hosted.timer);
      await hosted.host.stop();
    }
  }

  async #ask<Answer>(version: VersionId, question: (host: DefinitionHost) => Promise<Answer>): Promise<Answer> {
    const hosted = await this.#hosted(version);
    try {
      return await question(hosted.host);
    } finally {
      this.#endWhenIdle(version, hosted);
    }
  }

  #hosted(version: VersionId): Promise<Hosted> {
    const known = this.#hosts.get(version);
    if (known !== undefined) return known;
    const starting = this.#start(version);
    this.#hosts.set(version, starting);
    starting.catch(() => this.#hosts.delete(version));
    return starting;
  }

  async #start(version: VersionId): Promise<Hosted> {
    const { project, limitMs, mark } = this.#options;
    const host = new DefinitionHost({
      projectDir: project.dir,
      artifactsDir: project.artifactsDir,
      ...(limitMs === undefined ? {} : { limitMs }),
      ...(mark === undefined ? {} : { mark }),
    });
    host.folder = await this.folder(version);
    return { host, timer: undefined };
  }

  #endWhenIdle(version: VersionId, hosted: Hosted): void {
    clearTimeout(hosted.timer);
    hosted.timer = setTimeout(() => {
      if (hosted.host.isBusy) return;
      this.#hosts.delete(version);
      void hosted.host.stop();
    }, this.#options.idleMs ?? DEFAULT_IDLE_MS);
    hosted.timer.unref();
  }
}
