import type { Connection } from "../kinds/connections/open-connections.ts";
import type { Logger } from "../task/context.ts";

/** What a sensor's function gets. */
export interface SensorContext<Cursor = unknown> {
  /** What the last good poll gave as its `cursor`; undefined at the first. */
  readonly cursor: Cursor | undefined;
  /** When the last good poll began; null at the first. */
  readonly lastPoll: Date | null;
  /** Kept with the poll, as is what it prints; the first 4 KiB. */
  readonly log: Logger;
  /** A connection that `millrace.config.ts` declares, as tasks have it; closed after the poll. */
  readonly connection: (name: string) => Connection;
  /** A secret of the project, as tasks have it; masked in what is kept of the poll. */
  secret(name: string): Promise<string>;
  /** A variable of the project, as tasks have it. */
  variable(name: string): Promise<string>;
  /** The project's folder, absolute. */
  readonly projectDir: string;
}

/** What a poll found. */
export interface SensorResult<Given = unknown, Cursor = unknown> {
  /** Runs to make, in this order. Defaults to none. */
  readonly runs?: readonly SensorRun<Given>[];
  /** For the next poll; a storable value. It is kept in one commit with the runs. Defaults to the one there was. */
  readonly cursor?: Cursor;
  /** Why there is nothing, for people. Defaults to none. */
  readonly skipReason?: string;
}

export interface SensorRun<Given = unknown> {
  /** Makes the run unique within the sensor: the same key again, in any later poll, makes no second one. */
  readonly runKey: string;
  /** The flow's parameters. Defaults to none. */
  readonly params?: Given;
}
