/** The parts of a JSON Schema that a form is made of. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

export type Values = Readonly<Record<string, unknown>>;

/** How a parameter is asked for. What has no field of its own is written as JSON. */
export type FieldKind = "text" | "number" | "whole" | "flag" | "choice" | "day" | "instant" | "list" | "group" | "json";

export interface Field {
  readonly name: string;
  /** Without the null that it may take beside. */
  readonly schema: Schema;
  readonly kind: FieldKind;
  /** Without it the run is refused. */
  readonly isNeeded: boolean;
  /** Whether null is a value of it. */
  readonly isNullable: boolean;
  /** The parts of a group. */
  readonly fields: readonly Field[];
  /** What a list is of. */
  readonly item: Field | null;
}

/** What a list may be of, for its items to have fields. */
const IN_LISTS: ReadonlySet<FieldKind> = new Set(["text", "number", "whole", "choice", "day", "instant"]);

export function fieldsOf(schema: Schema | null): readonly Field[] {
  return Object.entries(schema?.properties ?? {}).map(([name, own]) =>
    fieldOf(name, own, schema?.required?.includes(name) === true && own.default === undefined),
  );
}

function fieldOf(name: string, given: Schema, isNeeded: boolean): Field {
  const { schema, isNullable } = withoutNull(given);
  const item = typeof schema.items === "object" ? fieldOf("", schema.items, true) : null;
  const kind = kindOf(schema, item, isNullable || (!isNeeded && schema.default === undefined));
  const choices = kind === "choice" && schema.enum === undefined ? { enum: [true, false] } : {};
  return {
    name,
    schema: { ...schema, ...choices },
    kind,
    isNeeded,
    isNullable,
    fields: kind === "group" ? fieldsOf(schema) : [],
    item: kind === "list" ? item : null,
  };
}

/** A schema without what it says of null, and a union of single values as the choice that it is. */
function withoutNull({ anyOf, oneOf, ...own }: Schema): { readonly schema: Schema; readonly isNullable: boolean } {
  const all = anyOf ?? oneOf;
  const others = all?.filter(({ type }) => type !== "null");
  const [only] = others ?? [];
  const isNullable = all !== undefined && others?.length !== all.length;
  if (others?.length === 1 && only !== undefined) {
    const inner = withoutNull(only);
    return { schema: { ...inner.schema, ...own }, isNullable: isNullable || inner.isNullable };
  }
  const choices = others?.map((each) => each.enum ?? ("const" in each ? [each.const] : undefined));
  if (choices?.every((each) => each !== undefined)) return { schema: { ...own, enum: choices.flat() }, isNullable };
  if (all !== undefined) return { schema: { ...own, anyOf: others ?? [] }, isNullable };
  if ("const" in own) return { schema: { ...own, enum: [own.const] }, isNullable: false };
  if (!Array.isArray(own.type)) return { schema: own, isNullable: false };
  const types = (own.type as readonly string[]).filter((each) => each !== "null");
  const [type = "null"] = types;
  const takesNull = types.length !== own.type.length;
  return { schema: { ...own, type: types.length === 1 ? type : types }, isNullable: takesNull };
}

function kindOf({ type, enum: choices, format, properties }: Schema, item: Field | null, mayMiss: boolean): FieldKind {
  if (choices !== undefined) return "choice";
  // A box has two states. Where there is a third, it is chosen.
  if (type === "boolean") return mayMiss ? "choice" : "flag";
  if (type === "integer") return "whole";
  if (type === "number") return "number";
  if (type === "object" && properties !== undefined) return "group";
  if (type === "array") return item !== null && IN_LISTS.has(item.kind) && !item.isNullable ? "list" : "json";
  if (type !== "string") return "json";
  if (format === "date") return "day";
  return format === "date-time" ? "instant" : "text";
}

/** What a form begins with. */
export function defaultsOf(schema: Schema | null): Values {
  const known = fieldsOf(schema).map((field) => [field.name, firstOf(field)] as const);
  return Object.fromEntries(known.filter(([, value]) => value !== undefined));
}

function firstOf({ schema, kind, isNeeded, isNullable }: Field): unknown {
  if (schema.default !== undefined) return schema.default;
  if (!isNeeded) return undefined;
  if (isNullable) return null;
  // What the form shows before anybody touches it is what is sent.
  if (kind === "flag") return false;
  if (kind === "list") return [];
  return kind === "group" ? defaultsOf(schema) : undefined;
}

/** What an emptied field means: null where that is a value and leaving it out is another, else that it is left out. */
export function emptyOf({ schema, isNeeded, isNullable }: Field): null | undefined {
  return isNullable && (isNeeded || schema.default !== undefined) ? null : undefined;
}

/** What a new item of a list begins with. */
export function blankOf({ kind, schema }: Field): unknown {
  if (kind === "choice") return schema.enum?.[0];
  return kind === "number" || kind === "whole" ? null : "";
}

/** What a field's text means; undefined for nothing. Throws for JSON that is none. */
export function parseField(kind: FieldKind, text: string): unknown {
  if (text === "") return undefined;
  if (kind === "number" || kind === "whole") return Number(text);
  if (kind === "instant") return new Date(`${text}Z`).toISOString();
  return kind === "json" ? JSON.parse(text) : text;
}

export function textOf(kind: FieldKind, value: unknown): string {
  if (value === undefined || (value === null && kind !== "json")) return "";
  if (kind === "instant") {
    const at = new Date(typeof value === "string" ? value : "");
    return Number.isNaN(at.getTime()) ? "" : at.toISOString().slice(0, 19);
  }
  return kind === "json" || typeof value === "object" ? JSON.stringify(value) : String(value as string | number);
}

/** With one value changed; undefined takes it out, so that the flow's default holds. */
export function withValue(values: Values, name: string, value: unknown): Values {
  if (value !== undefined) return { ...values, [name]: value };
  const { [name]: _, ...others } = values;
  return others;
}
