import { type Executor, type Limits, labelsOf, type PoolConfig, type PoolRow, type RatePolicy } from "@millrace/core";
import type { Claim } from "./admission/claim.ts";
import { CPU, MEMORY, poolResource } from "./claims.ts";
import type { EngineOptions } from "./ports.ts";

/** A pool nobody has said anything about has this many slots. */
const SLOTS_OF_UNKNOWN = 1;

/** A pool's size, and where that comes from. */
export interface PoolSize {
  readonly slots: number;
  readonly description: string | null;
  /** `set`: by a command. `config`: by the configuration. `claimed`: by nobody; a task names it. */
  readonly source: "set" | "config" | "claimed";
}

/** What an executor says of its room. */
type Machine = Pick<Executor, "resources" | "slotsFor" | "mayGrow">;

/** How much there is of everything: what the configuration says, what people have set, and what the executor has. */
export class LimitBook {
  readonly #declared: EngineOptions["pools"];
  readonly #machine: Machine;
  readonly #set = new Map<string, PoolRow>();
  /** As they were when this leader began. */
  readonly #rates = new Map<string, number>();

  /** @param machine what there is of processors and memory. Defaults to more than anybody asks for. */
  constructor(declared: EngineOptions["pools"], machine: Machine = {}) {
    this.#declared = declared;
    this.#machine = machine;
  }

  /** Reads what was set, and what is used up of rates. */
  async load(limits: Limits): Promise<void> {
    await this.loadPools(limits);
    for (const { name, fullAtMs } of await limits.listRates()) this.#rates.set(name, fullAtMs);
  }

  async loadPools(limits: Limits): Promise<void> {
    const rows = await limits.listPools();
    this.#set.clear();
    for (const row of rows) this.#set.set(row.name, row);
  }

  set(row: PoolRow): void {
    if (row.slots === null) this.#set.delete(row.name);
    else this.#set.set(row.name, row);
  }

  isSet(pool: string): boolean {
    return this.#set.has(pool);
  }

  poolOf(name: string): PoolSize {
    const set = this.#set.get(name);
    const declared = this.#declaredAs(name);
    if (set !== undefined) {
      const description = set.description ?? declared?.description ?? null;
      return { slots: set.slots ?? SLOTS_OF_UNKNOWN, description, source: "set" };
    }
    if (declared === undefined) return { slots: SLOTS_OF_UNKNOWN, description: null, source: "claimed" };
    return { slots: declared.slots, description: declared.description, source: "config" };
  }

  /** How often those may start that take slots of a pool, all together; null where it does not say. */
  rateOf(pool: string): RatePolicy | null {
    return this.#declaredAs(pool)?.rate ?? null;
  }

  /** Pools that were declared or set, by name. */
  get pools(): readonly string[] {
    return [...new Set([...Object.keys(this.#declared), ...this.#set.keys()])].sort();
  }

  limitOf({ kind, label, limit }: Claim): number {
    if (limit !== null) return limit;
    if (kind === "pool") return this.poolOf(label).slots;
    if (kind === "labels") return this.#machine.slotsFor?.(labelsOf(label)) ?? Number.MAX_SAFE_INTEGER;
    const { resources } = this.#machine;
    if (resources === undefined) return Number.MAX_SAFE_INTEGER;
    return kind === CPU ? resources.cpuMillis : resources.memoryBytes;
  }

  /** A pool may have a rate beside its slots. */
  impliedBy({ kind, label }: Claim): Claim | undefined {
    const rate = kind === "pool" ? this.#declaredAs(label)?.rate : undefined;
    if (!rate) return undefined;
    return {
      kind: "rate",
      resource: `rate of ${poolResource(label)}`,
      label: `pool ${label}`,
      units: 1,
      limit: null,
      rate,
    };
  }

  fullAtMs(rate: string): number {
    return this.#rates.get(rate) ?? 0;
  }

  /** What a claim on the machine asks for beyond all there is; undefined where it is enough. */
  excessOf({ kind, units }: Claim): { readonly has: number; readonly wants: number } | undefined {
    if (kind !== CPU && kind !== MEMORY) return undefined;
    const { resources, mayGrow = false } = this.#machine;
    if (resources === undefined || mayGrow) return undefined;
    const has = kind === CPU ? resources.cpuMillis : resources.memoryBytes;
    return units > has ? { has, wants: units } : undefined;
  }

  #declaredAs(name: string): PoolConfig | undefined {
    if (!Object.hasOwn(this.#declared, name)) return undefined;
    const declared = this.#declared[name];
    return typeof declared === "number" ? { slots: declared, rate: null, description: null } : declared;
  }
}
