/**
 * Branded ids. A brand costs nothing at run time and keeps a run's id from being passed where an attempt's is meant.
 */

declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** One execution of a flow. Text, 26 characters (Crockford base 32), sorts by the time it was made (ULID). */
export type RunId = Branded<string, "RunId">;
/** One try at a task run. A number that only grows within a store; the fence of every report. */
export type AttemptId = Branded<number, "AttemptId">;
/** One immutable bundle of a project: lower-case hex of a SHA-256. */
export type VersionId = Branded<string, "VersionId">;
/** One stored value too large to sit in a row: lower-case hex of the SHA-256 of its text. */
export type ArtifactId = Branded<string, "ArtifactId">;
/** One backfill. Text, 26 characters, sorts by the time it was made (ULID), like a run's. */
export type BackfillId = Branded<string, "BackfillId">;
/** A request to the leader; its idempotency key. */
export type CommandId = Branded<string, "CommandId">;
/** One process that leads a project, or may: `host/pid/chance`. Never given twice, whatever pids and hosts do. */
export type ServerId = Branded<string, "ServerId">;
/** A number that grows with each change of leader and refuses the writes of those before. */
export type Epoch = Branded<number, "Epoch">;

/**
 * Where in nested maps a task run stands: `""` outside any map, `"3"` for item 3, `"3.1"` for item 1 of the map inside
 * item 3. Indexes count from 0.
 */
export type ItemPath = Branded<string, "ItemPath">;

/** Names one task run of one run: the node's index in its flow's spec, and the item path. */
export interface TaskRunKey {
  readonly run: RunId;
  readonly node: number;
  readonly item: ItemPath;
}

/** The item path of task runs outside any map. */
export const ROOT_ITEM = "" as ItemPath;

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * Makes a run's id from an instant and chance that are handed in (ULID: 48 bits of milliseconds, 80 bits of chance).
 *
 * @param atMs milliseconds since the epoch.
 * @param chance draws a number in [0, 1); called 16 times.
 */
export function makeRunId(atMs: number, chance: () => number): RunId {
  let time = "";
  let rest = atMs;
  for (let digit = 0; digit < 10; digit += 1) {
    time = CROCKFORD.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let tail = "";
  for (let digit = 0; digit < 16; digit += 1) tail += CROCKFORD.charAt(Math.floor(chance() * 32));
  return (time + tail) as RunId;
}

/** The item path of item `index` of a map that stands at `parent`. */
export function itemPathOf(parent: ItemPath, index: number): ItemPath {
  return (parent === "" ? `${index}` : `${parent}.${index}`) as ItemPath;
}

/**
 * The text people see for a task run: the node's id with each `[]` filled from the item path, so that `airport[]/load`
 * at `"3"` reads `airport[3]/load`.
 */
export function taskRunLabel(nodeId: string, item: ItemPath): string {
  if (item === "") return nodeId;
  const indexes = item.split(".");
  let next = 0;
  return nodeId.replace(/\[\]/g, () => `[${indexes[next++] ?? ""}]`);
}
