/** How a value is shown: a table of rows, JSON that folds, an instant, or plain text. */
export type Shown =
  | { readonly kind: "table"; readonly columns: readonly string[]; readonly rows: readonly Row[] }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "instant"; readonly at: string }
  | { readonly kind: "text"; readonly text: string };
type Row = Readonly<Record<string, unknown>>;

/** A report as a line has it. */
export interface ReportParts {
  /** The data or the check that it is about; empty where it names none. */
  readonly name: string;
  readonly what: string;
  /** Of a check: how it came out. */
  readonly outcome: "passed" | "warned" | "failed" | null;
  readonly values: readonly { readonly name: string; readonly shown: Shown }[];
}

/** More columns are read better as JSON. */
const MOST_COLUMNS = 8;
const LONE = "";

/** What a task reported, taken apart. The API promises only that it is JSON: what is not known is shown as it is. */
export function reportParts(data: unknown): ReportParts {
  if (!isRow(data)) return custom(data);
  const { kind, asset, check, metadata, dataVersion, passed, severity, payload } = data;
  if (kind === "materialization" && typeof asset === "string") {
    const version = typeof dataVersion === "string" ? [{ name: "version", shown: text(dataVersion) }] : [];
    return { name: asset, what: "data written", outcome: null, values: [...version, ...valuesOf(metadata)] };
  }
  if (kind === "check" && typeof check === "string") {
    const failed = severity === "warn" ? "warned" : "failed";
    const outcome = passed === true ? "passed" : failed;
    const what = typeof asset === "string" ? `check of ${asset}` : "check";
    return { name: check, what, outcome, values: valuesOf(metadata) };
  }
  return custom(kind === "custom" ? payload : data);
}

function custom(payload: unknown): ReportParts {
  return { name: "", what: "custom", outcome: null, values: [{ name: LONE, shown: shownOf("", payload) }] };
}

function valuesOf(metadata: unknown): ReportParts["values"] {
  if (!isRow(metadata)) return [];
  return Object.entries(metadata).map(([name, each]) => {
    const { type, value }: Row = isRow(each) ? each : {};
    return { name, shown: typeof type === "string" ? shownOf(type, value) : shownOf("", each) };
  });
}

function shownOf(type: string, value: unknown): Shown {
  if (typeof value === "boolean") return text(value ? "yes" : "no");
  if (typeof value === "number" && type === "timestamp") return instantOf(value * 1_000) ?? text(String(value));
  if (typeof value === "number") return text(value.toLocaleString("en", { maximumFractionDigits: 6 }));
  if (typeof value === "string" && type === "timestamp") return instantOf(Date.parse(value)) ?? text(value);
  if (typeof value === "string") return text(value);
  if (value === null || value === undefined) return text("–");
  const { records = value }: Row = type === "table" && isRow(value) ? value : {};
  return tableOf(records) ?? { kind: "json", value };
}

function instantOf(ms: number): Shown | undefined {
  const at = new Date(ms);
  return Number.isNaN(at.getTime()) ? undefined : { kind: "instant", at: at.toISOString() };
}

/** Rows of plain values, where all of a list are such. */
function tableOf(value: unknown): Shown | undefined {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isFlat)) return undefined;
  const columns = [...new Set(value.flatMap((row) => Object.keys(row)))];
  return columns.length === 0 || columns.length > MOST_COLUMNS ? undefined : { kind: "table", columns, rows: value };
}

function isFlat(value: unknown): value is Row {
  return isRow(value) && Object.values(value).every((each) => typeof each !== "object" || each === null);
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(of: string): Shown {
  return { kind: "text", text: of };
}
