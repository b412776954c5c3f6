import type { FlowSpec, ScheduleSpec, TriggerRow, TriggerSpec, Triggers, VersionId } from "@millrace/core";

/** A schedule or trigger as the active version has it. */
export interface ActiveTrigger<Spec extends ScheduleSpec | TriggerSpec = ScheduleSpec | TriggerSpec> {
  readonly version: VersionId;
  readonly flow: FlowSpec;
  readonly spec: Spec;
}

/** Names one schedule or trigger. */
export interface TriggerName {
  readonly flow: string;
  readonly name: string;
}

/**
 * What the leader knows of all schedules and triggers: the rows, as the store has them or will after this turn, and what
 * the active version says of them.
 */
export class TriggerBook {
  readonly #write: (row: TriggerRow) => void;
  readonly #rows = new Map<string, TriggerRow>();
  #active: ReadonlyMap<string, ActiveTrigger> = new Map();
  #loading: Promise<void> | undefined;

  /** @param write puts a row into the batch of the turn that is running. */
  constructor(write: (row: TriggerRow) => void) {
    this.#write = write;
  }

  /** Takes all rows from the store: what was changed in memory may not have been written. */
  async load(triggers: Pick<Triggers, "list">): Promise<void> {
    const rows = await triggers.list();
    this.#rows.clear();
    for (const row of rows) this.#rows.set(keyOf(row), row);
  }

  /** As `load`, but once: whoever needs the rows first has them read. What could not be read is read again. */
  ready(triggers: Pick<Triggers, "list">): Promise<void> {
    this.#loading ??= this.load(triggers).catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** All of them, retired ones too. */
  rows(): Iterable<TriggerRow> {
    return this.#rows.values();
  }

  rowOf(name: TriggerName): TriggerRow | undefined {
    return this.#rows.get(keyOf(name));
  }

  /** Changes one, or adds it; written with this turn. */
  change(row: TriggerRow): void {
    this.#rows.set(keyOf(row), row);
    this.#write(row);
  }

  /** What the active version says of one; undefined when it does not have it. */
  activeOf(name: TriggerName): ActiveTrigger | undefined {
    return this.#active.get(keyOf(name));
  }

  active(): Iterable<ActiveTrigger> {
    return this.#active.values();
  }

  /** Another version is active, or the same anew. */
  activate(triggers: Iterable<ActiveTrigger>): void {
    const active = new Map<string, ActiveTrigger>();
    for (const trigger of triggers) active.set(keyOf({ flow: trigger.flow.name, name: trigger.spec.name }), trigger);
    this.#active = active;
  }
}

/** Names one in a map. Names hold no line break. */
export function keyOf({ flow, name }: TriggerName): string {
  return `${flow}\n${name}`;
}
