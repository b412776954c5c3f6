import { createRequire } from "node:module";
import { DatabaseSync, StatementSync } from "node:sqlite";
import type { SimulatedProcess } from "./simulated-process.ts";

/** `crash`: the process is gone at this point. `fail`: the database answers with an error, or the connection breaks. */
type PointMode = "crash" | "fail";

export interface PlannedPoint {
  readonly id: string;
  readonly mode: PointMode;
}

/** A place in a simulation at which something can happen, and nothing has to. */
export interface Point {
  /** What happens there, and the how manieth of its kind it is. */
  readonly id: string;
  /** A statement can fail; what an engine does after a commit can only be cut short. */
  readonly modes: readonly PointMode[];
}

/**
 * Every point of a simulation at which the control plane could be cut off: before each statement of each transaction,
 * before and after its COMMIT, before and after each effect. One of them can be planned: there it is.
 */
export class CrashPoints {
  /** Those that were passed, in order. */
  readonly points: Point[] = [];
  /** Ends a process at once. */
  kill: (process: SimulatedProcess) => void = () => {};
  readonly #plan: PlannedPoint | undefined;
  readonly #counts = new Map<string, number>();
  /** Who is calling the database now, and what for. */
  #caller: { readonly process: SimulatedProcess; readonly call: string } | undefined;

  constructor(plan?: PlannedPoint) {
    this.#plan = plan;
  }

  /** The point that was planned was passed. */
  isReached = false;

  /** Everything that the database is asked until this is over belongs to the process. */
  async during<Value>(caller: { process: SimulatedProcess; call: string }, work: () => Promise<Value>): Promise<Value> {
    this.#caller = caller;
    this.wasWritten = false;
    try {
      return await work();
    } finally {
      this.#caller = undefined;
    }
  }

  /** A transaction of which nobody will be told was written all the same. */
  wasWritten = false;

  /** What the process that is calling now is calling for. */
  get call(): string | undefined {
    return this.#caller?.call;
  }

  /** Before or after a statement. Says whether it fails here. */
  passStatement(name: string): boolean {
    const caller = this.#caller;
    if (caller === undefined) return false;
    return this.#pass(`${caller.call}: ${name}`, ["fail", "crash"], caller.process);
  }

  /** Before or after an effect. The process may be dead then. */
  passEffect(name: string, process: SimulatedProcess): void {
    this.#pass(name, ["crash"], process);
  }

  #pass(name: string, modes: Point["modes"], process: SimulatedProcess): boolean {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    const id = `${name} (${count})`;
    this.points.push({ id, modes });
    if (id !== this.#plan?.id) return false;
    this.isReached = true;
    if (this.#plan.mode === "crash") this.kill(process);
    return true;
  }
}

function diskError(): Error {
  return Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 10 });
}

type Ask = (this: StatementSync, ...args: unknown[]) => unknown;
interface Hookable {
  readonly run: Ask;
  readonly get: Ask;
  readonly all: Ask;
}

/** Lets all SQLite of this process pass the points. Gives what ends that. */
export function hookSqlite(points: CrashPoints): () => void {
  const { exec } = DatabaseSync.prototype as { exec: (this: DatabaseSync, sql: string) => void };
  const { run, get, all } = StatementSync.prototype as Hookable;
  let isInside = false;
  const pass = (name: string): void => {
    if (points.passStatement(name)) throw diskError();
  };
  DatabaseSync.prototype.exec = function hooked(this: DatabaseSync, sql: string): void {
    if (sql === "commit") pass("before COMMIT");
    exec.call(this, sql);
    if (sql === "begin immediate") isInside = true;
    else isInside = false;
    if (sql !== "commit") return;
    points.wasWritten = true;
    pass("after COMMIT");
  };
  const hook = (statement: Ask): Ask =>
    function hooked(...args) {
      if (isInside) pass(`before ${firstWords(this.sourceSQL)}`);
      return statement.apply(this, args);
    };
  Object.assign(StatementSync.prototype, { run: hook(run), get: hook(get), all: hook(all) });
  return () => {
    DatabaseSync.prototype.exec = exec;
    Object.assign(StatementSync.prototype, { run, get, all });
  };
}

/**
 * The statements on PostgreSQL that are transactions by themselves, by call. What else these calls ask, and how often,
 * depends on the real clock.
 */
const TRANSACTIONS: Readonly<Record<string, RegExp>> = {
  commit: /^commit /,
  insertCommand: /^submitCommand|^insert /,
  lead: /^take lease$/,
};

interface PgClient {
  readonly connection?: { readonly stream?: { destroy(): void } };
}
type PgCallback = (error: Error | null, answer?: unknown) => void;
type PgQuery = (this: PgClient, ...args: unknown[]) => unknown;

/** Lets all of PostgreSQL's client in this process pass the points. Gives what ends that. */
export function hookPostgres(points: CrashPoints): () => void {
  const { Client } = createRequire(import.meta.resolve("@millrace/store"))("pg") as {
    readonly Client: { readonly prototype: { query: PgQuery } };
  };
  const { query } = Client.prototype;
  Client.prototype.query = function hooked(...args) {
    const { name: given, text = String(args[0]) } = args[0] as { name?: string; text?: string };
    const name = given ?? firstWords(text);
    if (TRANSACTIONS[points.call ?? ""]?.test(name) !== true) return query.apply(this, args);
    const asked = askThrough(this, query, { points, name, args });
    const callback = args.at(-1);
    if (typeof callback !== "function") return asked;
    const callBack = callback as PgCallback;
    asked.then(
      (answer) => callBack(null, answer),
      (error: Error) => callBack(error),
    );
    return undefined;
  };
  return () => {
    Client.prototype.query = query;
  };
}

interface Asking {
  readonly points: CrashPoints;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Asks, with a point before and one after: there the connection breaks. */
async function askThrough(client: PgClient, query: PgQuery, { points, name, args }: Asking): Promise<unknown> {
  const breaks = (): Error => {
    client.connection?.stream?.destroy();
    return new Error("Connection terminated unexpectedly");
  };
  if (points.passStatement(`before ${name}`)) throw breaks();
  const given = args.filter((arg) => typeof arg !== "function");
  const answer = await query.apply(client, given);
  if (name.startsWith("commit ")) points.wasWritten = (answer as { rows: readonly unknown[] }).rows.length > 0;
  if (points.passStatement(`after ${name}`)) throw breaks();
  return answer;
}

function firstWords(sql: string): string {
  return sql.trim().replaceAll(/\s+/g, " ").slice(0, 40);
}
