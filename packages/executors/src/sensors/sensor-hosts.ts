import type { SensorCall, SensorPoll, Sensors, VersionId } from "@millrace/core";
import { DefinitionHost } from "../definition-host/definition-host.ts";
import type { ProcessExecutorOptions, VersionPlace } from "../processes/executor-options.ts";

export interface SensorHostsOptions {
  /** The project's folder, absolute. */
  readonly projectDir: string;
  /** Where large values are, absolute. */
  readonly artifactsDir: string;
  /** Puts a version's modules where a process can import them, and says where. */
  readonly resolveVersion: (version: VersionId) => Promise<VersionPlace>;
  /** The mark of the executor that belongs to it. Defaults to one of its own. */
  readonly mark?: string;
  /** The value of a secret or variable that a sensor asks for. Defaults to none: whoever asks is refused. */
  readonly readVault?: NonNullable<ProcessExecutorOptions["readVault"]>;
  /** So many polls go on at once, each in a process of its own; others wait for their turn. Defaults to 4. */
  readonly atOnce?: number;
  /** A process that polled nothing for so long is ended, in milliseconds. Defaults to one minute. */
  readonly idleMs?: number;
}

const DEFAULT_AT_ONCE = 4;
const DEFAULT_IDLE_MS = 60_000;

/** A process that serves one version. */
interface Host {
  readonly version: VersionId;
  readonly place: VersionPlace;
  readonly host: DefinitionHost;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Polls sensors in processes of their own. A process has one poll at a time, so one that hangs or dies takes nothing but
 * itself; a process that served its version well is used again.
 */
export class SensorHosts implements Sensors {
  readonly #options: SensorHostsOptions;
  readonly #idle: Host[] = [];
  readonly #all = new Set<Host>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  /** Counts the stops. */
  #generation = 0;

  constructor(options: SensorHostsOptions) {
    this.#options = options;
  }

  async poll(call: SensorCall): Promise<SensorPoll> {
    const generation = this.#generation;
    await this.#turn();
    try {
      if (generation !== this.#generation) return { kind: "failed", message: "the server stops", log: null };
      const host = await this.#take(call.version);
      const { flow, trigger } = call;
      const { place } = host;
      const sensor = { entry: place.entryOf(flow), flow, trigger, configEntry: place.configEntry };
      const poll = await host.host.poll(sensor, call);
      this.#giveBack(host);
      return poll;
    } catch (error) {
      return { kind: "failed", message: error instanceof Error ? error.message : String(error), log: null };
    } finally {
      // Whoever is next takes over the place.
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }

  /** Ends all processes; polls that go on have failed. Twice is fine, and so is to poll again later. */
  async stop(): Promise<void> {
    this.#generation += 1;
    const all = [...this.#all];
    this.#all.clear();
    this.#idle.length = 0;
    for (const { timer } of all) clearTimeout(timer);
    await Promise.all(all.map(({ host }) => host.stop()));
  }

  /** Polls begin in the order in which they were asked for. */
  async #turn(): Promise<void> {
    if (this.#busy < (this.#options.atOnce ?? DEFAULT_AT_ONCE)) this.#busy += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async #take(version: VersionId): Promise<Host> {
    const index = this.#idle.findIndex((host) => host.version === version);
    const [known] = index === -1 ? [] : this.#idle.splice(index, 1);
    if (known !== undefined) {
      clearTimeout(known.timer);
      return known;
    }
    const place = await this.#options.resolveVersion(version);
    const { projectDir, artifactsDir, mark, readVault } = this.#options;
    const host = new DefinitionHost({
      projectDir,
      artifactsDir,
      killsTrees: true,
      ...(mark === undefined ? {} : { mark }),
      ...(readVault === undefined ? {} : { readVault }),
    });
    host.folder = place.dir;
    const made = { version, place, host, timer: undefined };
    this.#all.add(made);
    return made;
  }

  #giveBack(host: Host): void {
    if (!this.#all.has(host)) return;
    this.#idle.push(host);
    host.timer = setTimeout(() => {
      this.#idle.splice(this.#idle.indexOf(host), 1);
      this.#all.delete(host);
      void host.host.stop();
    }, this.#options.idleMs ?? DEFAULT_IDLE_MS);
    host.timer.unref();
  }
}
