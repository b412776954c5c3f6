import {
  type ArtifactId,
  type Epoch,
  type Expiry,
  type FlowHistory,
  isFinalRunState,
  type ListedFamily,
  type RunId,
  type RunRow,
  type StoredValue,
  type StoreStatus,
  type Upkeep,
  type VersionId,
} from "@millrace/core";
import type { MemoryDatabase, RunShelf } from "./database.ts";

/** Growing old in memory: the same moves as on a real database, without its tables. */
export class MemoryUpkeep implements Upkeep {
  readonly #database: MemoryDatabase;
  readonly #session: object;

  constructor(database: MemoryDatabase, session: object) {
    this.#database = database;
    this.#session = session;
  }

  async nextFlow(after: string | null): Promise<string | undefined> {
    const names = [...new Set(this.#rows().map(({ flow }) => flow))].sort();
    return names.find((name) => after === null || name > after);
  }

  async flowHistory(flow: string, maxRuns: number | null): Promise<FlowHistory> {
    const newestFirst = [...this.#shelves()].filter(({ row }) => row.flow === flow).reverse();
    const marks = [newestFirst[0], newestFirst.find(({ row }) => row.state === "success")];
    const roots = marks.flatMap((shelf) => (shelf === undefined ? [] : [shelf.row.rootRun]));
    return { landmarks: [...new Set(roots)], oldestCounted: newestFirst[(maxRuns ?? 0) - 1]?.place ?? 0 };
  }

  async listFamilies(flow: string, after: number, limit: number): Promise<readonly ListedFamily[]> {
    const roots = [...this.#shelves()].filter(
      ({ row, place }) => row.flow === flow && row.rootRun === row.id && place > after,
    );
    return roots.slice(0, limit).map((root) => this.#family(root));
  }

  #family(root: RunShelf): ListedFamily {
    const members = this.#members(root.row.id);
    const newest = members.at(-1) ?? root;
    const own = new Set(members.map(({ row }) => row.id));
    const strangers = [...this.#shelves()].filter(({ row }) => !own.has(row.id));
    return {
      root: root.row.id,
      place: root.place,
      madeAtMs: root.row.createdAtMs,
      runs: [...own],
      newest: newest.place,
      state: newest.row.state,
      settled: members.every(({ row }) => row.settled),
      endedAtMs: Math.max(...members.map(({ row }) => row.endedAtMs ?? row.createdAtMs)),
      reused: strangers.some(({ taskRuns }) =>
        [...taskRuns.values()].some(({ reusedFrom }) => reusedFrom !== null && own.has(reusedFrom)),
      ),
    };
  }

  async awaitedRuns(): Promise<readonly RunId[]> {
    const working = [...this.#shelves()].filter(({ row }) => !row.settled);
    return working.flatMap(({ taskRuns }) => [...taskRuns.values()].flatMap(({ childRun }) => childRun ?? []));
  }

  async forgetRuns(epoch: Epoch, roots: readonly RunId[]): Promise<readonly RunId[]> {
    this.#database.requireLeader(this.#session, epoch);
    const families = roots.map((root) => this.#members(root)).filter((family) => family.every(isSettled));
    for (const shelf of families.flat()) this.#database.forget(shelf);
    return families.flat().map(({ row }) => row.id);
  }

  /** What hung on a run went with it; one run is a slice. */
  async sweep(nowMs: number): Promise<number> {
    const [next] = [...this.#database.forgotten.values()].filter(({ shelf }) => shelf !== null);
    if (next?.shelf === undefined || next.shelf === null) return 0;
    const { taskRuns, attempts, outputs, events, reports } = next.shelf;
    for (const value of outputs.values()) this.#release(value, nowMs);
    const facts = reports.filter(({ data }) => data.kind !== "custom" && data.asset !== null);
    this.#database.facts.push(...facts);
    next.shelf = null;
    return taskRuns.size + attempts.size + outputs.size + events.length + reports.length - facts.length + 1;
  }

  async listEmptiedRuns(limit: number): Promise<readonly RunId[]> {
    const emptied = [...this.#database.forgotten].filter(([, { shelf }]) => shelf === null);
    return emptied.slice(0, limit).map(([run]) => run);
  }

  async crossOffRuns(runs: readonly RunId[]): Promise<void> {
    for (const run of runs) this.#database.forgotten.delete(run);
  }

  async expire({ nowMs, commandsMs, pollsMs, cacheMs, reportsMs }: Expiry): Promise<number> {
    const { commands, cache } = this.#database;
    const answered = [...commands].filter(
      ([, { command, answer }]) => answer !== undefined && command.createdAtMs < commandsMs,
    );
    for (const [id] of answered) commands.delete(id);
    const stale = [...cache.values()].filter(({ createdAtMs }) => cacheMs !== null && createdAtMs < cacheMs);
    for (const entry of stale) {
      cache.delete(entry.key);
      this.#release(entry.value, nowMs);
    }
    const polls = this.#database.time.remove(({ outcome, atMs }) => outcome === "polled" && atMs < pollsMs);
    let reports = 0;
    for (const list of [this.#database.facts, ...[...this.#shelves()].map((shelf) => shelf.reports)]) {
      const kept = list.filter(({ atMs }) => reportsMs === null || atMs >= reportsMs);
      reports += list.splice(0, list.length, ...kept).length - kept.length;
    }
    return answered.length + polls + stale.length + reports;
  }

  async removeTicks(of: { readonly flow: string; readonly trigger: string }, beforeMs: number): Promise<number> {
    return this.#database.time.remove(
      ({ flow, trigger, atMs, decidedAtMs }) =>
        flow === of.flow && trigger === of.trigger && atMs < beforeMs && decidedAtMs < beforeMs,
    );
  }

  async listUnusedVersions(beforeMs: number, limit: number): Promise<readonly VersionId[]> {
    const old = [...this.#database.versions.values()].filter(({ createdAtMs }) => createdAtMs < beforeMs);
    return old
      .map(({ id }) => id)
      .filter((id) => !this.#isInUse(id))
      .slice(0, limit);
  }

  async removeVersion(version: VersionId): Promise<boolean> {
    if (this.#isInUse(version) || !this.#database.versions.delete(version)) return false;
    this.#database.sources.remove(version);
    return true;
  }

  #isInUse(version: VersionId): boolean {
    return this.#database.activeVersion === version || this.#rows().some((row) => row.version === version);
  }

  async listUnusedArtifacts(beforeMs: number, limit: number): Promise<readonly ArtifactId[]> {
    const { released, cache } = this.#database;
    const values = [...this.#shelves()].flatMap(({ outputs }) => [...outputs.values()]);
    const used = new Set([...values, ...[...cache.values()].map(({ value }) => value)].map(artifactOf));
    const due = [...released].filter(([, atMs]) => atMs < beforeMs).map(([artifact]) => artifact);
    for (const artifact of due) if (used.has(artifact)) released.delete(artifact);
    return due.filter((artifact) => !used.has(artifact)).slice(0, limit);
  }

  async crossOffArtifacts(artifacts: readonly ArtifactId[]): Promise<void> {
    for (const artifact of artifacts) this.#database.released.delete(artifact);
  }

  #release(value: StoredValue, nowMs: number): void {
    const artifact = artifactOf(value);
    if (artifact !== undefined) this.#database.released.set(artifact, nowMs);
  }

  async compact(): Promise<boolean> {
    return false;
  }

  async status(): Promise<StoreStatus> {
    const shelves = [...this.#shelves()];
    const count = (rows: (shelf: RunShelf) => number): number => shelves.reduce((sum, shelf) => sum + rows(shelf), 0);
    return {
      engine: "memory",
      address: "memory:",
      migrations: [],
      bytes: 0,
      freeBytes: 0,
      logBytes: null,
      tables: [
        { name: "run", rows: shelves.length, bytes: 0 },
        { name: "task_run", rows: count(({ taskRuns }) => taskRuns.size), bytes: 0 },
        { name: "attempt", rows: count(({ attempts }) => attempts.size), bytes: 0 },
        { name: "event", rows: count(({ events }) => events.length), bytes: 0 },
      ],
      forgottenRuns: this.#database.forgotten.size,
      oldestRunAtMs: shelves[0]?.row.createdAtMs ?? null,
      vacuumedAtMs: null,
    };
  }

  #shelves(): Iterable<RunShelf> {
    return this.#database.runs.values();
  }

  #rows(): RunRow[] {
    return [...this.#shelves()].map(({ row }) => row);
  }

  /** None when the root is not there, or is a rerun. */
  #members(root: RunId): RunShelf[] {
    if (this.#database.runs.get(root)?.row.rootRun !== root) return [];
    return [...this.#shelves()].filter(({ row }) => row.rootRun === root);
  }
}

function isSettled({ row }: RunShelf): boolean {
  return row.settled && isFinalRunState(row.state);
}

function artifactOf(value: StoredValue): ArtifactId | undefined {
  return value.kind === "artifact" ? value.artifact : undefined;
}
