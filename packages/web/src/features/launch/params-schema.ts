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
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

export type Values = Readonly<Record<string, unknown>>;

/** How a parameter is asked for. What has no field of its own is written as JSON. */
export type FieldKind = "text" | "number" | "whole" | "flag" | "choice" | "day" | "json";

export interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly kind: FieldKind;
  /** Without it the run is refused. */
  readonly isNeeded: boolean;
}

export function fieldsOf(schema: Schema | null): readonly Field[] {
  return Object.entries(schema?.properties ?? {}).map(([name, own]) => ({
    name,
    schema: own,
    kind: kindOf(own),
    isNeeded: schema?.required?.includes(name) === true && own.default === undefined,
  }));
}

function kindOf({ type, enum: choices, format }: Schema): FieldKind {
  if (choices !== undefined) return "choice";
  if (type === "boolean") return "flag";
  if (type === "integer") return "whole";
  if (type === "number") return "number";
  if (type !== "string") return "json";
  return format === "date" ? "day" : "text";
}

/** What a form begins with. */
export function defaultsOf(schema: Schema | null): Values {
  const known = Object.entries(schema?.properties ?? {}).filter(([, own]) => own.default !== undefined);
  return Object.fromEntries(known.map(([name, own]) => [name, own.default]));
}

/** What a field's text means; undefined for nothing. Throws for JSON that is none. */
export function parseField(kind: FieldKind, text: string): unknown {
  if (text === "") return undefined;
  if (kind === "number" || kind === "whole") return Number(text);
  return kind === "json" ? JSON.parse(text) : text;
}

export function textOf(kind: FieldKind, value: unknown): string {
  if (value === undefined) return "";
  return kind === "json" || typeof value === "object" ? JSON.stringify(value) : String(value as string | number);
}

/** With one value changed; undefined takes it out, so that the flow's default holds. */
export function withValue(values: Values, name: string, value: unknown): Values {
  if (value !== undefined) return { ...values, [name]: value };
  const { [name]: _, ...others } = values;
  return others;
}

/** The same run on the command line. */
export function commandOf(flow: string, values: Values, partition: string): string {
  const pairs = Object.entries(values).map(
    ([name, value]) => `--param ${quoted(`${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)}`,
  );
  const words = [
    "millrace run",
    quoted(flow),
    ...(partition === "" ? [] : [`--partition ${quoted(partition)}`]),
    ...pairs,
  ];
  return words.join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
