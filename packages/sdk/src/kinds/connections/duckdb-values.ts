import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { parseForeignJson, plainText, toPlainJson } from "../plain-json.ts";
import { type ColumnType, elementType, textOf } from "../sql/relation.ts";
import { exactDecimal, exactInteger } from "../sql/session.ts";

export type DuckdbModule = typeof import("@duckdb/node-api");

/** Turns values between JavaScript and DuckDB. */
export class DuckdbValues {
  readonly #duckdb: DuckdbModule;

  constructor(duckdb: DuckdbModule) {
    this.#duckdb = duckdb;
  }

  /** How values of a column of this type become plain ones. */
  reader(type: DuckDBType): (value: DuckDBValue) => unknown {
    const read = this.#readerOfPresent(type);
    return (value) => (value === null || value === undefined ? null : read(value));
  }

  #readerOfPresent(type: DuckDBType): (value: DuckDBValue) => unknown {
    const { DuckDBTypeId } = this.#duckdb;
    if (type.typeId === DuckDBTypeId.VARCHAR) {
      return type.alias === "JSON" ? (value) => parseForeignJson(value as string) : (value) => value;
    }
    if (type.typeId === DuckDBTypeId.LIST || type.typeId === DuckDBTypeId.ARRAY) {
      const read = this.reader(type.valueType);
      return (value) => (value as { readonly items: readonly DuckDBValue[] }).items.map(read);
    }
    if (type.typeId === DuckDBTypeId.STRUCT) return this.#structReader(type);
    if (type.typeId === DuckDBTypeId.MAP) return this.#mapReader(type);
    return (value) => this.#scalar(value);
  }

  #mapReader({ keyType, valueType }: MapParts): (value: DuckDBValue) => unknown {
    const [readKey, readValue] = [this.reader(keyType), this.reader(valueType)];
    return (value) => {
      const { entries } = value as { readonly entries: readonly { key: DuckDBValue; value: DuckDBValue }[] };
      return new Map(entries.map((entry) => [readKey(entry.key), readValue(entry.value)]));
    };
  }

  #structReader({ entryNames, entryTypes }: StructParts): (value: DuckDBValue) => unknown {
    const readers = entryTypes.map((entry) => this.reader(entry));
    return (value) => {
      const { entries } = value as { readonly entries: Readonly<Record<string, DuckDBValue>> };
      return Object.fromEntries(entryNames.map((name, index) => [name, readers[index]?.(entries[name] ?? null)]));
    };
  }

  #scalar(value: DuckDBValue): unknown {
    const duckdb = this.#duckdb;
    if (typeof value === "bigint") return exactInteger(value);
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof duckdb.DuckDBDecimalValue) return exactDecimal(value.toString());
    if (value instanceof duckdb.DuckDBBlobValue) return new Uint8Array(value.bytes);
    if (value instanceof duckdb.DuckDBTimestampValue || value instanceof duckdb.DuckDBTimestampTZValue) {
      return dateOf(value.micros / 1_000n, value);
    }
    if (value instanceof duckdb.DuckDBTimestampMillisecondsValue) return dateOf(value.millis, value);
    if (value instanceof duckdb.DuckDBTimestampSecondsValue) return dateOf(value.seconds * 1_000n, value);
    if (value instanceof duckdb.DuckDBTimestampNanosecondsValue) return dateOf(value.nanos / 1_000_000n, value);
    if (value instanceof duckdb.DuckDBUnionValue) return this.#scalar(value.value);
    return value.toString();
  }

  /** The value and its type for a parameter. Lists become lists, other structures JSON text. */
  bound(value: unknown): { readonly value: DuckDBValue; readonly type: DuckDBType } {
    const { LIST, SQLNULL, VARCHAR } = this.#duckdb;
    if (value === undefined || value === null) return { value: null, type: SQLNULL };
    if (Array.isArray(value)) {
      const element = elementType(value);
      if (element !== "json") {
        const items = value.map((item) => this.#valueOf(item, element));
        return { value: this.#duckdb.listValue(items), type: LIST(this.#typeOf(element)) };
      }
    }
    const type = elementType([value]);
    if (type === "json") return { value: toPlainJson(value), type: VARCHAR };
    return { value: this.#valueOf(value, type), type: this.#typeOf(type) };
  }

  /** A column of a relation: its type in DuckDB, and how a value becomes one of it. */
  column(type: ColumnType, values: readonly unknown[]): DuckdbColumn {
    const { DECIMAL } = this.#duckdb;
    if (type !== "decimal" || values.every(isWhole)) {
      return { type: this.#typeOf(type), convert: (value) => this.#valueOf(value, type) };
    }
    const convert = (value: unknown): DuckDBValue =>
      value === undefined || value === null ? null : this.#decimal(plainText(value));
    return { type: DECIMAL(DECIMAL_WIDTH, DECIMAL_SCALE), convert };
  }

  #decimal(text: string): DuckDBValue {
    const [, sign = "", whole = "0", fraction = ""] = /^\s*([+-]?)(\d*)\.?(\d*)\s*$/.exec(text) ?? [];
    const scaled = BigInt(`${sign}${whole}${fraction.slice(0, DECIMAL_SCALE).padEnd(DECIMAL_SCALE, "0")}`);
    return new this.#duckdb.DuckDBDecimalValue(scaled, DECIMAL_WIDTH, DECIMAL_SCALE);
  }

  #typeOf(type: ColumnType): DuckDBType {
    const { BIGINT, BLOB, BOOLEAN, DATE, DOUBLE, HUGEINT, TIMESTAMP, VARCHAR } = this.#duckdb;
    const types: Record<ColumnType, DuckDBType> = {
      boolean: BOOLEAN,
      integer: BIGINT,
      decimal: HUGEINT,
      double: DOUBLE,
      text: VARCHAR,
      timestamp: TIMESTAMP,
      date: DATE,
      bytes: BLOB,
      json: this.#duckdb.DuckDBVarCharType.create("JSON"),
    };
    return types[type];
  }

  #valueOf(value: unknown, type: ColumnType): DuckDBValue {
    if (value === undefined || value === null) return null;
    const { DuckDBBlobValue, DuckDBDateValue, DuckDBTimestampValue } = this.#duckdb;
    switch (type) {
      case "boolean":
        return Boolean(value);
      case "integer":
      case "decimal":
        return BigInt(value as number | bigint | string);
      case "double":
        return Number(value);
      case "timestamp":
        return new DuckDBTimestampValue(BigInt(millisOf(value)) * 1_000n);
      case "date":
        return new DuckDBDateValue(Math.floor(millisOf(value) / 86_400_000));
      case "bytes":
        return new DuckDBBlobValue(value as Uint8Array);
      case "json":
        return toPlainJson(value);
      case "text":
        return textOf(value);
    }
  }
}

export interface DuckdbColumn {
  readonly type: DuckDBType;
  convert(value: unknown): DuckDBValue;
}

/** Decimals that the author declared: 38 digits are the most DuckDB has. */
const DECIMAL_WIDTH = 38;
const DECIMAL_SCALE = 9;

function isWhole(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "bigint" || Number.isSafeInteger(value);
}

function millisOf(value: unknown): number {
  return value instanceof Date ? value.getTime() : Date.parse(String(value));
}

interface MapParts {
  readonly keyType: DuckDBType;
  readonly valueType: DuckDBType;
}

interface StructParts {
  readonly entryNames: readonly string[];
  readonly entryTypes: readonly DuckDBType[];
}

/** Instants that a Date can hold become one; the infinite ones stay text. Fractions of a millisecond are cut. */
function dateOf(millis: bigint, value: { toString(): string }): Date | string {
  const date = new Date(Number(millis));
  return Number.isNaN(date.getTime()) ? value.toString() : date;
}
