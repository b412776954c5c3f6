/** Which SQL is spoken. It decides about quotes, comments, and what else a `:` can mean. */
export type Dialect = "sqlite" | "duckdb" | "postgres";

type SqlTokenKind =
  | "space"
  | "comment"
  | "string"
  /** A quoted identifier. */
  | "name"
  | "word"
  | "number"
  /** `:name`, ours. */
  | "parameter"
  /** A parameter in the database's own notation (`?`, `$1`, `@name`), which nobody would bind. */
  | "foreign"
  | "symbol";

export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly start: number;
  readonly end: number;
}

const SPACE = /[\s\uFEFF]+/y;
const WORD = /[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*/y;
const NUMBER = /\d[\w.]*/y;
const PARAMETER = /:[A-Za-z_]\w*/y;
const DOLLAR_QUOTE = /\$(?:[A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*)?\$/y;
const LINE_COMMENT = /--[^\n]*/y;
/** After one of these a `:` goes on with an expression (`a[1:n]`, `{'k':v}`, `total:sum(x)`), so it is no parameter. */
const ENDS_OPERAND = /[\w"')\]$\u0080-\uFFFF]/;

/** What the database itself would take for a parameter; left unbound, SQLite would quietly read NULL. */
const FOREIGN: Record<Dialect, RegExp> = {
  sqlite: /\?\d*|[@$#][A-Za-z_]\w*|:\d+/y,
  duckdb: /\?\d*|\$(?:\d+|[A-Za-z_]\w*)/y,
  postgres: /\$\d+/y,
};

/** Cuts SQL into tokens that cover all of it. What is not closed (a string, a comment) reaches to the end. */
export function* sqlTokens(text: string, dialect: Dialect): Generator<SqlToken> {
  let start = 0;
  while (start < text.length) {
    const token = tokenAt(text, start, dialect);
    yield token;
    start = token.end;
  }
}

/** What a pattern alone can tell, in the order in which they are tried. */
const PATTERNS: readonly (readonly [kind: SqlTokenKind, pattern: RegExp])[] = [
  ["space", SPACE],
  ["comment", LINE_COMMENT],
  ["word", WORD],
  ["number", NUMBER],
];

function tokenAt(text: string, start: number, dialect: Dialect): SqlToken {
  const [kind, end] = quotedAt(text, start, dialect) ?? colonAt(text, start, dialect) ?? plainAt(text, start, dialect);
  return { kind, start, end };
}

type Found = readonly [kind: SqlTokenKind, end: number];

function plainAt(text: string, start: number, dialect: Dialect): Found {
  for (const [kind, pattern] of [...PATTERNS, ["foreign", FOREIGN[dialect]] as const]) {
    const end = matchEnd(pattern, text, start);
    if (end !== null) return [kind, end];
  }
  return ["symbol", start + 1];
}

function matchEnd(pattern: RegExp, text: string, start: number): number | null {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** Whatever has a closing part: strings, quoted names, block comments. */
function quotedAt(text: string, start: number, dialect: Dialect): Found | undefined {
  const first = text.charAt(start);
  if (text.startsWith("/*", start)) return ["comment", blockCommentEnd(text, start, dialect !== "sqlite")];
  if (first === "'") return ["string", quoteEnd(text, start, { escapes: false })];
  if (first === '"') return ["name", quoteEnd(text, start, { escapes: false })];
  if (dialect === "sqlite") {
    if (first === "`") return ["name", quoteEnd(text, start, { escapes: false })];
    return first === "[" ? ["name", bracketEnd(text, start)] : undefined;
  }
  if (/[eE]/.test(first) && text.charAt(start + 1) === "'") {
    return ["string", quoteEnd(text, start + 1, { escapes: true })];
  }
  const open = first === "$" ? matchEnd(DOLLAR_QUOTE, text, start) : null;
  if (open === null) return undefined;
  const close = text.indexOf(text.slice(start, open), open);
  return ["string", close < 0 ? text.length : close + (open - start)];
}

function colonAt(text: string, start: number, dialect: Dialect): Found | undefined {
  if (text.charAt(start) !== ":") return undefined;
  // A cast is taken whole, so that the second colon of `a::text` does not start a parameter.
  if (text.charAt(start + 1) === ":") return ["symbol", start + 2];
  const afterOperand = dialect !== "sqlite" && start > 0 && ENDS_OPERAND.test(text.charAt(start - 1));
  const end = afterOperand ? null : matchEnd(PARAMETER, text, start);
  return end === null ? undefined : ["parameter", end];
}

/** The end of a quoted piece. A doubled quote stands for itself; with `escapes`, a backslash shields what follows. */
function quoteEnd(text: string, start: number, { escapes }: { escapes: boolean }): number {
  const quote = text.charAt(start);
  let at = start + 1;
  while (at < text.length) {
    const char = text.charAt(at);
    if (escapes && char === "\\") at += 2;
    else if (char !== quote) at += 1;
    else if (text.charAt(at + 1) === quote) at += 2;
    else return at + 1;
  }
  return text.length;
}

function bracketEnd(text: string, start: number): number {
  const close = text.indexOf("]", start);
  return close < 0 ? text.length : close + 1;
}

/** SQLite ends a comment at the first `*` + `/`; the others nest them, as the standard says. */
function blockCommentEnd(text: string, start: number, nested: boolean): number {
  let depth = 1;
  let at = start + 2;
  while (at < text.length) {
    if (text.startsWith("*/", at)) {
      depth -= 1;
      at += 2;
      if (depth === 0) return at;
    } else if (nested && text.startsWith("/*", at)) {
      depth += 1;
      at += 2;
    } else at += 1;
  }
  return text.length;
}
